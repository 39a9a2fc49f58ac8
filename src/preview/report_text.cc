#include <fmt/format.h>

#include "plan/print.hh"
#include "preview/report.hh"

namespace taut::preview {
namespace {

enum class Color { kGreen, kYellow, kRed, kBold };

class Printer {
 public:
  Printer(const Report& report, bool color) : report_(report), color_(color) {}

  std::string run() {
    for (const UnitReport& unit : report_.units) add_unit(unit);
    add_restarts();
    add_removals();
    add_breakages("breaks", report_.broken, Color::kRed);
    add_breakages("was broken before, and still is", report_.broken_before, Color::kYellow);
    if (!report_.healed.empty()) {
      title("gets well", Color::kGreen);
      for (const ObjectId& id : report_.healed) out_ += fmt::format("  {}\n", shown(id));
    }
    for (const std::string& note : report_.notes) out_ += fmt::format("\nnote: {}\n", note);
    add_summary();
    return std::move(out_);
  }

 private:
  std::string ink(Color color, std::string_view text) const {
    if (!color_) return std::string(text);
    constexpr std::string_view kCodes[] = {"\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[1m"};
    return fmt::format("{}{}\x1b[0m", kCodes[static_cast<int>(color)], text);
  }

  void title(std::string_view text, Color color) { out_ += fmt::format("\n{}\n", ink(color, text)); }

  void add_unit(const UnitReport& unit) {
    std::string where = unit.revision.empty() ? "" : fmt::format(" at {}", unit.revision.substr(0, 7));
    out_ += ink(Color::kBold, unit.name + where) + '\n';
    if (unit.phase == "Error") {
      out_ += fmt::format("  {}\n", unit.message);
      return;
    }
    plan::Plan shown_plan = unit.plan;
    size_t kept = 0;
    if (!unit.prunes)
      kept = std::erase_if(shown_plan.steps, [](const plan::Step& step) { return step.action == plan::Action::kPrune; });
    out_ += plan::to_text(shown_plan, {.color = color_});
    if (kept != 0) out_ += fmt::format("{} no longer in Git, but kept: its policy does not prune\n", kept);
    for (const std::string& warning : unit.warnings) out_ += fmt::format("warning: {}\n", warning);
  }

  void add_restarts() {
    if (report_.restarts.empty()) return;
    title("restarts", Color::kYellow);
    for (const Restart& restart : report_.restarts) {
      out_ += fmt::format("  {}: {} of {} pods are replaced{}\n", shown(restart.workload), restart.replaced, restart.pods,
                          restart.note.empty() ? "" : "; " + restart.note);
      for (const std::string& why : restart.why) out_ += fmt::format("    {}\n", why);
    }
  }

  void add_removals() {
    if (report_.removals.empty()) return;
    title("is removed", Color::kRed);
    size_t along = 0;
    for (const Removal& removal : report_.removals) {
      if (!removal.pruned && removal.loss.empty()) {
        ++along;
        continue;
      }
      out_ += fmt::format("  {}{}{}\n", shown(removal.object), removal.pruned ? "" : " (with its owner)",
                          removal.loss.empty() ? "" : fmt::format(": {} would be lost", removal.loss));
    }
    if (along != 0) out_ += fmt::format("  and {} objects that belong to them\n", along);
  }

  void add_breakages(std::string_view heading, const std::vector<Breakage>& list, Color color) {
    if (list.empty()) return;
    title(heading, color);
    for (const Breakage& b : list) {
      std::string states = b.before.empty() ? b.after : fmt::format("{} -> {}", b.before, b.after);
      out_ += fmt::format("  {}: {}\n", shown(b.object), states);
      std::string seen = b.seen_on.empty() ? b.raw : b.raw.empty() ? b.seen_on : fmt::format("{} on {}", b.raw, b.seen_on);
      if (!b.sentence.empty()) out_ += fmt::format("    {}{}\n", b.sentence, seen.empty() ? "" : fmt::format(" ({})", seen));
      if (!b.next_step.empty()) out_ += fmt::format("    {}\n", b.next_step);
    }
  }

  void add_summary() {
    size_t changes = 0;
    for (const UnitReport& unit : report_.units)
      for (const plan::Step& step : unit.plan.steps)
        changes += step.action != plan::Action::kUnchanged && step.action != plan::Action::kHook && (step.action != plan::Action::kPrune || unit.prunes) ? 1 : 0;
    auto counted = [](size_t n, std::string_view one, std::string_view many) { return fmt::format("{} {}", n, n == 1 ? one : many); };
    out_ += fmt::format("\n{}, {}, {}, {}: {}\n", counted(changes, "change", "changes"), counted(report_.restarts.size(), "restart", "restarts"),
                        counted(report_.removals.size(), "removal", "removals"), counted(report_.broken.size(), "breakage", "breakages"),
                        report_.breaks() ? ink(Color::kRed, "something would break") : ink(Color::kGreen, "nothing would break"));
    if (!report_.source.empty()) out_ += fmt::format("tried on a copy of {} ({} objects)\n", report_.source, report_.objects);
  }

  const Report& report_;
  const bool color_;
  std::string out_;
};

}  // namespace

std::string shown(const ObjectId& id) {
  std::string kind = id.group.empty() ? id.kind : id.kind + '.' + id.group;
  return id.ns.empty() ? fmt::format("{} {}", kind, id.name) : fmt::format("{} {}/{}", kind, id.ns, id.name);
}

std::string to_text(const Report& report, const TextOptions& options) { return Printer(report, options.color).run(); }

}  // namespace taut::preview
