// What taut makes of made-up input, in the form that oracle/ has for Flux' libraries.
#include "base/semver.hh"
#include "base/strings.hh"
#include "dialect/flux/helm_digest.hh"
#include "dialect/flux/helm_values.hh"
#include "dialect/flux/source_ignore.hh"
#include "health/kstatus.hh"
#include "kustomize/flux.hh"
#include "lang/envsubst/envsubst.hh"
#include "tests/differential/driver.hh"
#include "tree/memory.hh"
#include "tree/path.hh"

namespace {

using namespace taut;

Result<std::string> substitute(const Value& request) {
  const Value& vars = request["vars"];
  bool strict = request["strict"].as_bool();
  return envsubst::substitute(request["text"].as_string(), [&](std::string_view name) -> std::optional<std::string> {
    if (const Value* value = vars.find(name)) return value->str();
    return strict ? std::nullopt : std::optional<std::string>("");
  });
}

Result<std::string> in_range(const Value& request) {
  TAUT_ASSIGN(auto range, VersionRange::parse(request["range"].as_string()));
  TAUT_ASSIGN(auto version, Version::parse(request["version"].as_string()));
  return fmt::format("{}", range.contains(version));
}

Result<std::string> health(const Value& request) {
  TAUT_ASSIGN(Kstatus status, kstatus(request["object"], std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())));
  Value conditions = Value::list();
  for (const KstatusCondition& c : status.conditions)
    conditions.push_back(Value::map({{"message", c.message}, {"reason", c.reason}, {"status", c.status}, {"type", c.type}}));
  return fmt::format("{} {} {}", kstatus_name(status.code), quote(status.message), to_json(conditions, {.escape_html = true}));
}

Result<TreePtr> unpack(const Value& files) {
  MemoryTreeBuilder builder;
  for (const Entry& entry : files.entries()) {
    std::string text = entry.value.str();
    if (text.starts_with("-> ")) TAUT_TRY(builder.symlink(entry.name, text.substr(3)));
    else TAUT_TRY(builder.file(entry.name, std::move(text)));
  }
  return builder.build();
}

Result<std::string> build(const Value& request) {
  TAUT_ASSIGN(TreePtr tree, unpack(request["files"]));
  TAUT_ASSIGN(std::string folder, clean_path(request["folder"].as_string()));
  kustomize::FluxOptions options;
  options.strict = request["strict"].as_bool();
  options.prefix = "$ROOT/";
  TAUT_ASSIGN(kustomize::Built built, kustomize::build_flux(tree, folder, request["spec"], options));
  return kustomize::to_text(built);
}

Status list_files(const Tree& tree, const std::string& folder, std::string& out) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    std::string path = join_path(folder, entry.name);
    if (entry.type == TreeEntry::Type::kFolder) TAUT_TRY(list_files(tree, path, out));
    else out += (out.empty() ? "" : "\n") + path;
  }
  return {};
}

Result<std::string> ignored(const Value& request) {
  TAUT_ASSIGN(TreePtr tree, unpack(request["files"]));
  TAUT_ASSIGN(tree, flux::without_ignored(std::move(tree), request["ignore"].as_string()));
  std::string out;
  TAUT_TRY(list_files(*tree, "", out));
  return out;
}

Result<std::string> values(const Value& request) {
  TAUT_ASSIGN(Value found, flux::compose_values(request["spec"], "ns", [&](const std::string& kind, const std::string& name) -> Result<Value> {
    for (const Value& object : request["objects"].items())
      if (object["kind"].as_string() == kind && object["metadata"]["name"].as_string() == name) return object;
    return fail(Code::kNotFound, "{} {} not found", kind == "Secret" ? "secrets" : "configmaps", quote(name));
  }));
  return to_json(found, {.escape_html = true}) + " " + flux::values_digest(found);
}

struct Row {
  std::string_view what;
  Result<std::string> (*run)(const Value&);
};
constexpr Row kRows[] = {{"envsubst", substitute}, {"semver", in_range}, {"kstatus", health},
                         {"build", build},         {"ignore", ignored},  {"values", values}};

Result<std::string> run(const Value& request) {
  for (const Row& row : kRows)
    if (row.what == request["what"].as_string()) return row.run(request);
  return fail(Code::kInvalid, "nothing is known of {}", request["what"].as_string());
}

}  // namespace

int main() { return taut::differential::answer_all(run); }
