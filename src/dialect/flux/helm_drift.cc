#include "dialect/flux/helm_drift.hh"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <memory>

#include "base/strings.hh"
#include "dialect/flux/words.hh"
#include "object/selector.hh"
#include "value/pointer.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kDriftDetection = "helm.toolkit.fluxcd.io/driftDetection";

std::string subject(const release::Resource& resource) {
  const ObjectRef& ref = resource.ref;
  return ref.ns.empty() ? fmt::format("{}/{}", ref.gvk.kind, ref.name) : fmt::format("{}/{}/{}", ref.gvk.kind, ref.ns, ref.name);
}

// What the server says of a Secret may hold its data.
std::string told(const release::Resource& resource, const Error& error) {
  return resource.ref.gvk.kind == "Secret" ? std::string("the server refused it") : std::string(error.message());
}

bool opted_out(const Value& object) {
  return label_of(object, kDriftDetection) == "disabled" || annotation_of(object, kDriftDetection) == "disabled";
}

// Which objects a rule is about: anchored regular expressions, and selectors.
class Rule {
 public:
  static Result<Rule> make(const Value& rule) {
    Rule out;
    for (const Value& path : rule["paths"].items()) out.paths.push_back(path.str());
    const Value& target = rule["target"];
    for (const char* field : {"group", "version", "kind", "name", "namespace"}) {
      if (target[field].empty()) continue;
      auto pattern = std::make_shared<RE2>(fmt::format("^(?:{})$", target[field].as_string()), RE2::Quiet);
      if (!pattern->ok()) return fail(Code::kInvalid, "failed to create ignore rule selector: invalid {} regex: {}", field, pattern->error());
      out.patterns_.emplace_back(field, std::move(pattern));
    }
    auto labels = LabelSelector::parse(target["labelSelector"].as_string());
    if (!labels) return fail(Code::kInvalid, "failed to create ignore rule selector: invalid label selector: {}", labels.error().message());
    auto annotations = LabelSelector::parse(target["annotationSelector"].as_string());
    if (!annotations)
      return fail(Code::kInvalid, "failed to create ignore rule selector: invalid annotation selector: {}", annotations.error().message());
    out.labels_ = std::move(*labels);
    out.annotations_ = std::move(*annotations);
    return out;
  }

  bool concerns(const release::Resource& resource) const {
    const ObjectRef& ref = resource.ref;
    for (const auto& [field, pattern] : patterns_) {
      const std::string& text = field == "group"     ? ref.gvk.group
                                : field == "version" ? ref.gvk.version
                                : field == "kind"    ? ref.gvk.kind
                                : field == "name"    ? ref.name
                                                     : ref.ns;
      if (!RE2::FullMatch(text, *pattern)) return false;
    }
    const Value& metadata = resource.object["metadata"];
    return labels_.matches(metadata["labels"]) && annotations_.matches(metadata["annotations"]);
  }

  std::vector<std::string> paths;

 private:
  std::vector<std::pair<std::string, std::shared_ptr<const RE2>>> patterns_;
  LabelSelector labels_, annotations_;
};

// What a path leads to, taken over from the live object, so that it is no difference.
void keep_live(Value& wanted, const Value& live, const std::vector<std::string>& steps, size_t at = 0) {
  const std::string& step = steps[at];
  if (wanted.is_list()) {
    auto index = pointer_index(step);
    if (!index || *index >= wanted.size() || *index >= live.size()) return;
    if (at + 1 == steps.size())
      wanted.edit(*index) = live[*index];
    else
      keep_live(wanted.edit(*index), live[*index], steps, at + 1);
    return;
  }
  if (!wanted.is_map() && !live.is_map()) return;
  if (at + 1 == steps.size()) {
    if (const Value* value = live.find(step))
      wanted.set(step, *value);
    else
      wanted.erase(step);
  } else if (wanted.contains(step) || live.contains(step)) {
    keep_live(wanted.edit(step), live[step], steps, at + 1);
  }
}

class Differ {
 public:
  // Operations that make `after` of `before`. Lists are compared by position.
  void compare(const Value& before, const Value& after, const std::string& path) {
    if (before == after) return;
    if (before.is_map() && after.is_map()) return maps(before, after, path);
    if (before.is_list() && after.is_list()) return lists(before, after, path);
    add("replace", path, &after);
  }
  Value patch = Value::list();

 private:
  void maps(const Value& before, const Value& after, const std::string& path) {
    for (const Entry& entry : before.entries()) {
      std::string below = path + '/' + escape_pointer_step(entry.key());
      const Value* then = after.find(entry.key());
      if (then)
        compare(entry.value, *then, below);
      else
        add("remove", below, nullptr);
    }
    for (const Entry& entry : after.entries())
      if (!before.contains(entry.key())) add("add", path + '/' + escape_pointer_step(entry.key()), &entry.value);
  }

  void lists(const Value& before, const Value& after, const std::string& path) {
    size_t both = std::min(before.size(), after.size());
    for (size_t i = 0; i < both; ++i) compare(before[i], after[i], fmt::format("{}/{}", path, i));
    for (size_t i = before.size(); i > both; --i) add("remove", fmt::format("{}/{}", path, i - 1), nullptr);
    for (size_t i = both; i < after.size(); ++i) add("add", path + "/-", &after[i]);
  }

  void add(std::string_view op, const std::string& path, const Value* value) {
    Value operation = Value::map({{"op", op}, {"path", path}});
    if (value) operation.set("value", *value);
    patch.push_back(std::move(operation));
  }
};

// Labels and annotations that others have added are theirs; status is the controllers'.
Value difference(const Value& live, const Value& wanted) {
  Differ differ;
  for (const char* field : {"annotations", "labels"}) {
    const Value& now = live["metadata"][field];
    Value then = now;
    for (const Entry& entry : wanted["metadata"][field].entries()) then.set(entry.key(), entry.value);
    if (now.is_null() && !then.is_null())
      differ.patch.push_back(Value::map({{"op", "add"}, {"path", fmt::format("/metadata/{}", field)}, {"value", then}}));
    else
      differ.compare(now, then, fmt::format("/metadata/{}", field));
  }
  Value before = live, after = wanted;
  for (Value* object : {&before, &after})
    for (const char* field : {"metadata", "status"}) object->erase(field);
  differ.compare(before, after, "");
  return std::move(differ.patch);
}

Result<Drift> compare(release::Run& run, const release::Resource& resource, const std::vector<std::string>& ignored) {
  Drift out{.resource = resource};
  bool whole = std::ranges::find(ignored, "") != ignored.end();
  if (whole || opted_out(resource.object)) {
    out.kind = Drift::Kind::kExcluded;
    return out;
  }
  auto live = run.world.cluster.get(resource.ref);
  if (!live && live.error().code() == Code::kNotFound) {
    out.kind = Drift::Kind::kRemoved;
    return out;
  }
  if (!live) return fail(live.error());
  if (opted_out(*live)) {
    out.kind = Drift::Kind::kExcluded;
    return out;
  }
  WriteRequest request{.ref = resource.ref, .body = resource.object, .field_manager = run.world.field_manager, .force = true, .dry_run = true};
  auto applied = run.world.cluster.write(request);
  if (!applied) return fail(applied.error().code(), "{} dry-run failed: {}", subject(resource), told(resource, applied.error()));
  Value wanted = applied->object;
  for (const std::string& pointer : ignored) {
    TAUT_ASSIGN(auto steps, parse_pointer(pointer));
    keep_live(wanted, *live, steps);
  }
  out.patch = difference(*live, wanted);
  if (!out.patch.empty()) out.kind = Drift::Kind::kChanged;
  return out;
}

std::string changes_of(const Value& patch) {
  auto count = [&](std::string_view op) {
    return std::ranges::count_if(patch.items(), [&](const Value& operation) { return operation["op"].as_string() == op; });
  };
  return fmt::format("({} additions, {} changes, {} removals)", count("add"), count("replace"), count("remove"));
}

}  // namespace

bool has_drifted(const std::vector<Drift>& drifts) {
  return std::ranges::any_of(drifts, [](const Drift& drift) { return drift.kind == Drift::Kind::kRemoved || drift.kind == Drift::Kind::kChanged; });
}

Result<std::vector<Drift>> find_drift(release::Run& run, const release::Release& release, const Value& ignore,
                                      std::vector<std::string>& problems) {
  std::vector<Rule> rules;
  for (const Value& item : ignore.items()) {
    TAUT_ASSIGN(Rule rule, Rule::make(item));
    rules.push_back(std::move(rule));
  }
  auto resources = release::build_resources(run, release.manifest, release.ns);
  if (!resources) return fail(resources.error().code(), "failed to read objects from release manifest: {}", resources.error().message());
  release::mark_owned(*resources, release.name, release.ns);
  std::vector<Drift> out;
  for (const release::Resource& resource : *resources) {
    std::vector<std::string> ignored;
    for (const Rule& rule : rules)
      if (rule.concerns(resource)) ignored.insert(ignored.end(), rule.paths.begin(), rule.paths.end());
    auto drift = compare(run, resource, ignored);
    if (drift)
      out.push_back(std::move(*drift));
    else
      problems.push_back(drift.error().message());
  }
  return out;
}

std::string describe_drift(const std::vector<Drift>& drifts) {
  std::vector<std::string> lines;
  for (const Drift& drift : drifts) {
    if (drift.kind == Drift::Kind::kNone) continue;
    std::string_view what = drift.kind == Drift::Kind::kRemoved ? "removed" : drift.kind == Drift::Kind::kExcluded ? "excluded" : "changed";
    std::string line = fmt::format("{} {}", subject(drift.resource), what);
    if (drift.kind == Drift::Kind::kChanged) line += ' ' + changes_of(drift.patch);
    lines.push_back(std::move(line));
  }
  return join(lines, "\n");
}

Corrected correct_drift(release::Run& run, const std::vector<Drift>& drifts) {
  Corrected out;
  for (Drift::Kind kind : {Drift::Kind::kRemoved, Drift::Kind::kChanged}) {
    for (const Drift& drift : drifts) {
      if (drift.kind != kind) continue;
      bool create = kind == Drift::Kind::kRemoved;
      WriteRequest request{.verb = create ? WriteVerb::kCreate : WriteVerb::kJsonPatch,
                           .ref = drift.resource.ref,
                           .body = create ? drift.resource.object : drift.patch,
                           .field_manager = run.world.field_manager};
      auto written = run.world.cluster.write(request);
      if (written) {
        out.done.push_back(fmt::format("{} {}", subject(drift.resource), create ? "created" : "configured"));
        continue;
      }
      out.problems.push_back(fmt::format("{} {} failure: {}", subject(drift.resource), create ? "creation" : "patch",
                                         told(drift.resource, written.error())));
    }
  }
  return out;
}

}  // namespace taut::flux
