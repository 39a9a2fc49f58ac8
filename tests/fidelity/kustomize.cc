// kustomize builds: the recorded cases group by group, and every kustomization of a real repository.
#include <algorithm>
#include <filesystem>
#include <map>

#include "base/strings.hh"
#include "groups.hh"
#include "kustomize/build.hh"
#include "tree/disk.hh"

namespace taut::fidelity {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  std::string text;   // of the output
  std::string error;  // as on stderr, without warnings; empty when it went well
};

// The flags of a case; an error is what the program says of them.
Status read_flags(const Value& args, kustomize::BuildOptions& options) {
  for (size_t i = 0; i < args.size(); ++i) {
    std::string_view flag = args[i].as_string();
    if (flag == "--reorder") TAUT_TRY(kustomize::set_reorder(args[++i].as_string(), options));
    else if (flag == "--load-restrictor") TAUT_TRY(kustomize::set_load_restrictor(args[++i].as_string(), options));
    else if (flag == "--enable-helm") options.enable_helm = true;
    else return fail(Code::kInvalid, "unknown flag: {}", flag);
  }
  return {};
}

Outcome build(const fs::path& folder, const std::string& root, const Value& args) {
  static const auto kDisk = disk_tree("/");
  kustomize::BuildOptions options;
  options.prefix = "/";
  if (Status flags = read_flags(args, options); !flags) return {"", "Error: " + flags.error().message() + "\n"};
  std::string path = (folder / root).lexically_normal().string();
  auto built = kustomize::build(**kDisk, path, options, root);
  if (!built) return {"", "Error: " + built.error().message() + "\n"};
  return {kustomize::to_text(*built), ""};
}

// The first line that differs, with a few around it.
std::string first_difference(const std::string& want, const std::string& got) {
  auto a = split(want, '\n'), b = split(got, '\n');
  size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
  std::string out = fmt::format("  line {}\n", at + 1);
  for (size_t i = at; i < std::min(a.size(), at + 4); ++i) out += fmt::format("  want |{}\n", a[i]);
  for (size_t i = at; i < std::min(b.size(), at + 4); ++i) out += fmt::format("  got  |{}\n", b[i]);
  return out;
}

void check_output(const Value& c, const std::string& want, const Outcome& got, Report& report) {
  std::string_view id = c["id"].as_string();
  if (!got.error.empty()) return report.fail(id, "  got  " + got.error);
  if (got.text == want) return report.pass();
  report.fail(id, first_difference(want, got.text));
}

struct Case {
  Value recorded;
  Outcome got;
  std::string folder;
};

void check_text(const Case& c, Report& report) {
  std::string want = replace_all(c.recorded["error"].as_string(), "{{TREE}}", c.folder);
  report.expect(c.recorded["id"].as_string(), want, c.got.error);
}

}  // namespace

// {id, group, tree, root, args, expected_file | error, error_tier}
Status kustomize_build(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  std::map<std::string, std::vector<Case>> groups;
  for (const Value& recorded : cases) groups[recorded["group"].str()].push_back({recorded, {}, {}});
  report.finish();
  for (auto& [name, list] : groups) {
    report.start("kustomize/" + name);
    for (Case& c : list) {
      std::error_code ignored;
      fs::path folder = fs::canonical(corpus.path("kustomize/" + c.recorded["tree"].str()), ignored);
      c.folder = folder.string();
      c.got = build(folder, c.recorded["root"].str(), c.recorded["args"]);
      if (!c.recorded["error"].is_null()) {
        if (c.got.error.empty()) report.fail(c.recorded["id"].as_string(), "  want an error, got output");
        else report.pass();
        continue;
      }
      TAUT_ASSIGN(std::string want, corpus.text("kustomize/" + c.recorded["expected_file"].str()));
      check_output(c.recorded, want, c.got, report);
    }
    report.finish();
  }
  report.start("kustomize/error-text");
  for (const auto& [name, list] : groups)
    for (const Case& c : list)
      if (c.recorded["error_tier"].as_string() == "text") check_text(c, report);
  return {};
}

// index.tsv: id, folder, ok or err; the repository's clone lies beside, as `tests/fidelity/run` leaves it.
Status kustomize_real(const Corpus& corpus, const std::string& file, Report& report) {
  std::error_code missing;
  fs::path clones = fs::canonical(corpus.path("real-kustomize-clone"), missing);
  if (missing) return {};
  TAUT_ASSIGN(std::string index, corpus.text(file));
  for (std::string_view line : split(index, '\n')) {
    auto cells = split(line, '\t');
    if (cells.size() < 3) continue;
    Outcome got = build(clones, std::string(cells[1]), Value());
    if (cells[2] != "ok") {
      if (got.error.empty()) report.fail(cells[0], "  want an error, got output");
      else report.pass();
      continue;
    }
    TAUT_ASSIGN(std::string want, corpus.text(fmt::format("real-kustomize/{}.yaml", cells[0])));
    check_output(Value::map({{"id", Value(cells[0])}}), want, got, report);
  }
  return {};
}

}  // namespace taut::fidelity
