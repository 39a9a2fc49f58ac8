#include "cli/import_source.hh"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>

#include "io/kube/cluster.hh"
#include "io/kube/kubeconfig.hh"
#include "tree/disk.hh"
#include "yaml/reader.hh"

namespace taut::cli {
namespace {

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::kNotFound, "cannot read {}", path);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// Only the first few lines need to be looked at to see what kind of file it is, but a large dump is no kubeconfig.
bool is_kubeconfig(const std::string& text) {
  constexpr size_t kLargest = 1 << 20;
  if (text.size() > kLargest) return false;
  auto document = parse_yaml_document(text, {.reject_duplicate_keys = false});
  return document && document->root["kind"].as_string() == "Config" && document->root["clusters"].is_list();
}

Result<preview::Snapshot> read_kubeconfig(const std::string& file, const std::string& context, const preview::ReadOptions& options) {
  TAUT_ASSIGN(auto config, kube::load_client_config({.file = file, .context = context}));
  std::string server = config.server.redacted();
  kube::KubeCluster cluster(std::move(config));
  TAUT_ASSIGN(preview::Snapshot snapshot, preview::read_cluster(cluster, options));
  snapshot.source = server;
  return snapshot;
}

constexpr size_t kFew = 10;

void add_notes(std::string& out, std::string_view title, const std::vector<std::pair<std::string, std::string>>& notes, bool whole) {
  if (notes.empty()) return;
  out += fmt::format("import: {} {}\n", notes.size(), title);
  size_t shown = 0;
  for (const auto& [what, why] : notes) {
    if (!whole && shown++ == kFew) {
      out += fmt::format("  and {} more\n", notes.size() - kFew);
      return;
    }
    out += fmt::format("  {}: {}\n", what, why);
  }
}

}  // namespace

void ImportSource::declare(Flags& flags, bool with_secrets) {
  flags.add("import", 0, "DIR|FILE|KUBECONFIG",
            "begin with a copy: a folder or file of objects (as kubectl get -A -o yaml prints), or a cluster, which is only read", &path);
  flags.add("import-context", 0, "NAME", "the context of that kubeconfig", &context);
  if (!with_secrets) return;
  flags.add("import-secrets", 0, "withhold|keep|skip", "Secrets of the copy: without their values, whole, or not at all", &secrets,
            {"withhold", "keep", "skip"});
}

sandbox::SecretValues ImportSource::secret_values() const {
  if (secrets == "keep") return sandbox::SecretValues::kKeep;
  return secrets == "skip" ? sandbox::SecretValues::kSkip : sandbox::SecretValues::kWithhold;
}

Result<preview::Snapshot> ImportSource::read() const {
  preview::ReadOptions options{.secrets = secrets != "skip"};
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fail(Code::kNotFound, "--import: {} is not there", path);
  if (S_ISDIR(info.st_mode)) {
    TAUT_ASSIGN(TreePtr tree, disk_tree(path));
    TAUT_ASSIGN(preview::Snapshot snapshot, preview::read_folder(*tree, options));
    snapshot.source = path;
    return snapshot;
  }
  TAUT_ASSIGN(std::string text, read_file(path));
  if (is_kubeconfig(text)) return read_kubeconfig(path, context, options);
  preview::Snapshot snapshot;
  preview::read_text(text, path, options, snapshot);
  snapshot.source = path;
  return snapshot;
}

std::string import_text(const preview::Snapshot& snapshot, const sandbox::ImportReport& report, bool whole) {
  if (report.repeated) return "import: not repeated, the data file has a state already\n";
  std::string out = fmt::format("import: {} objects of {} kinds from {}\n", report.total(), report.taken.size(), snapshot.source);
  std::string left;
  for (const auto& [what, count] : report.left_out) left += fmt::format("{}{} {}", left.empty() ? "" : ", ", count, what);
  for (const auto& [kind, why] : snapshot.left_out) left += fmt::format("{}all {} ({})", left.empty() ? "" : ", ", kind, why);
  if (!left.empty()) out += fmt::format("import: left out: {}\n", left);
  std::vector<std::pair<std::string, std::string>> troubles, refused, changed;
  for (const auto& trouble : snapshot.troubles) troubles.emplace_back(trouble.place, trouble.message);
  for (const auto& note : report.refused) refused.emplace_back(note.object, note.message);
  for (const auto& note : report.changed) changed.emplace_back(note.object, note.message);
  add_notes(out, "could not be read", troubles, whole);
  add_notes(out, "not in the copy", refused, whole);
  add_notes(out, "not as in the original", changed, whole);
  return out;
}

}  // namespace taut::cli
