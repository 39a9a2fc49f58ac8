#include "groups.hh"
#include "kustomize/flux.hh"
#include "tree/disk.hh"
#include "tree/path.hh"

namespace taut::fidelity {
namespace {

// What is built, or the error. Paths in errors begin with $ROOT, as in the recorded ones.
Result<std::string> build(const Value& c, const std::filesystem::path& roots) {
  kustomize::FluxOptions options;
  options.strict = c["strictSubstitution"].as_bool();
  options.prefix = "$ROOT/";
  TAUT_ASSIGN(std::string folder, clean_path(c["path"].as_string()));
  TAUT_ASSIGN(TreePtr tree, disk_tree((roots / c["root"].as_string()).string()));
  TAUT_ASSIGN(kustomize::Built built, kustomize::build_flux(tree, folder, c["spec"], options));
  return kustomize::to_text(built);
}

Status compare(const Corpus& corpus, const std::string& file, Report& report, bool texts) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    const Value* error = c.find("error");
    if (texts && error == nullptr) continue;
    auto built = build(c, corpus.path(file).parent_path() / "roots");
    std::string got = built ? *built : "error";
    std::string want = error == nullptr ? c["output"].str() : "error";
    if (texts) want = error->str();
    if (texts && !built) got = built.error().message();
    report.expect(c["id"].as_string(), want, got);
  }
  return {};
}

}  // namespace

// [{id, root, path, strictSubstitution, spec, output or error}], over the folders beside the file.
Status flux_kustomize_build(const Corpus& corpus, const std::string& file, Report& report) {
  return compare(corpus, file, report, false);
}

// The texts of the errors alone.
Status flux_kustomize_build_text(const Corpus& corpus, const std::string& file, Report& report) {
  return compare(corpus, file, report, true);
}

}  // namespace taut::fidelity
