#include "plan/intent.hh"
#include "preview/report.hh"

namespace taut::preview {
namespace {

Value object_value(const ObjectId& id) {
  Value out = Value::map({{"group", id.group}, {"kind", id.kind}, {"name", id.name}});
  if (!id.ns.empty()) out.set("namespace", id.ns);
  return out;
}

void set_if(Value& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out.set(key, text);
}

Value step_value(const plan::Step& step) {
  Value out = object_value(step.id);
  out.set("action", plan::action_name(step.action));
  out.set("phase", plan::phase_name(step.phase));
  out.set("wave", step.wave);
  set_if(out, "reason", step.reason);
  set_if(out, "refused", step.refused);
  Value changes = Value::list();
  for (const plan::FieldChange& change : step.changes) {
    Value field = Value::map({{"path", change.path}});
    if (!change.before.is_null()) field.set("before", change.before);
    if (!change.after.is_null()) field.set("after", change.after);
    set_if(field, "owner", change.owner);
    changes.push_back(std::move(field));
  }
  out.set("changes", std::move(changes));
  return out;
}

Value unit_value(const UnitReport& unit) {
  Value out = Value::map({{"name", unit.name}, {"phase", unit.phase}, {"prunes", unit.prunes}});
  set_if(out, "revision", unit.revision);
  set_if(out, "message", unit.message);
  Value steps = Value::list(), warnings = Value::list();
  for (const plan::Step& step : unit.plan.steps)
    if (step.action != plan::Action::kUnchanged) steps.push_back(step_value(step));
  for (const std::string& warning : unit.warnings) warnings.push_back(warning);
  out.set("steps", std::move(steps));
  if (!warnings.empty()) out.set("warnings", std::move(warnings));
  return out;
}

Value restart_value(const Restart& restart) {
  Value out = object_value(restart.workload);
  out.set("pods", restart.pods);
  out.set("replaced", restart.replaced);
  out.set("ready", restart.ready);
  out.set("why", Value::list());
  for (const std::string& why : restart.why) out.edit("why").push_back(why);
  set_if(out, "note", restart.note);
  return out;
}

Value breakage_value(const Breakage& b) {
  Value out = object_value(b.object);
  set_if(out, "before", b.before);
  out.set("after", b.after);
  out.set("sentence", b.sentence);
  set_if(out, "nextStep", b.next_step);
  set_if(out, "raw", b.raw);
  set_if(out, "seenOn", b.seen_on);
  return out;
}

template <class T, class F>
Value list_of(const std::vector<T>& items, F to) {
  Value out = Value::list();
  for (const T& item : items) out.push_back(to(item));
  return out;
}

}  // namespace

Value to_value(const Report& report) {
  Value out = Value::map({{"source", report.source}, {"objects", report.objects}, {"breaks", report.breaks()}});
  set_if(out, "revision", report.revision);
  out.set("applications", list_of(report.units, unit_value));
  out.set("restarts", list_of(report.restarts, restart_value));
  out.set("removed", list_of(report.removals, [](const Removal& removal) {
    Value value = object_value(removal.object);
    value.set("pruned", removal.pruned);
    set_if(value, "loses", removal.loss);
    return value;
  }));
  out.set("broken", list_of(report.broken, breakage_value));
  out.set("brokenBefore", list_of(report.broken_before, breakage_value));
  out.set("healed", list_of(report.healed, object_value));
  out.set("notes", list_of(report.notes, [](const std::string& note) { return Value(note); }));
  return out;
}

}  // namespace taut::preview
