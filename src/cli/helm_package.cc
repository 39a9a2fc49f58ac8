// taut helm package and pull: charts as archives.
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/semver.hh"
#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "cli/dependency_manager.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_values.hh"
#include "cli/keyring.hh"
#include "cli/terminal.hh"
#include "helm/dependencies.hh"
#include "helm/lock.hh"
#include "helm/provenance/provenance.hh"
#include "tree/archive.hh"
#include "tree/path.hh"
#include "tree/views.hh"

namespace taut::cli {
namespace {

namespace fs = std::filesystem;

Status write_file(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  out.flush();
  if (out) return {};
  return fail(Code::kForbidden, "open {}: cannot be written", path.string());
}

// The time that files of an archive bear, as reproducible builds give it.
uint64_t archive_time() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  uint64_t out = 0;
  if (text != nullptr) std::from_chars(text, text + std::char_traits<char>::length(text), out);
  return out;
}

class Package : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("version", 0, "VERSION", "the version that the chart gets", &version_);
    flags.add("app-version", 0, "VERSION", "the appVersion that the chart gets", &app_version_);
    flags.add("destination", 'd', "DIR", "where the archive goes", &destination_);
    flags.add("dependency-update", 'u', "", "update charts/ from Chart.yaml first", &update_);
    flags.add("sign", 0, "", "write a provenance file, too, signed with --key", &sign_);
    flags.add("key", 0, "NAME", "the key that signs, by what its identity holds", &key_);
    flags.add("keyring", 0, "FILE", "the keys for --sign", &keyring_);
    flags.add("passphrase-file", 0, "FILE", "the passphrase of the key; - is standard input", &passphrase_file_);
    options_.declare(flags);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty()) return print_helm_error(Error(Code::kInvalid, "need at least one argument, the path to the chart"));
    if (sign_ && key_.empty()) return print_helm_error(Error(Code::kInvalid, "--key is required for signing a package"));
    if (sign_ && keyring_.empty()) return print_helm_error(Error(Code::kInvalid, "--keyring is required for signing a package"));
    for (const std::string& path : arguments) {
      auto saved = pack(path);
      if (!saved) return print_helm_error(saved.error());
      fmt::print("Successfully packaged chart and saved it to: {}\n", *saved);
    }
    return kDone;
  }

 private:
  Result<std::string> pack(const std::string& given) {
    std::error_code error;
    if (!fs::exists(given, error)) return fail(Code::kNotFound, "stat {}: no such file or directory", given);
    std::string path = fs::absolute(given).lexically_normal().string();
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (update_) {
      registry::ChartDownloader downloader = options_.downloader();
      TAUT_TRY(DependencyManager(path, downloader, [](const std::string&) {}).update());
    }
    TAUT_ASSIGN(auto loaded, load_chart_at(path));
    helm::Chart chart = *loaded;
    if (!version_.empty()) chart.metadata.version = version_;
    if (!app_version_.empty()) chart.metadata.app_version = app_version_;
    TAUT_ASSIGN(Version version, Version::parse(chart.metadata.version));
    TAUT_TRY(helm::check_dependencies(chart));
    auto bytes = helm::write_chart_archive(chart, archive_time());
    if (!bytes) return fail(bytes.error().code(), "failed to save: {}", bytes.error().message());
    fs::path folder = destination_ == "." ? fs::current_path() : fs::path(destination_);
    fs::path file = (folder / helm::archive_name(chart.metadata)).lexically_normal();
    TAUT_TRY(write_file(file, *bytes));
    if (sign_) TAUT_TRY(sign(chart.metadata, *bytes, file));
    return file.string();
  }

  Status sign(const helm::Metadata& metadata, const std::string& archive, const fs::path& file) {
    if (!passphrase_) passphrase_ = passphrase_from(passphrase_file_);
    TAUT_ASSIGN(std::string keys, read_helm_file(keyring_));
    QuietErrors quiet;
    TAUT_ASSIGN(std::string text, helm::make_provenance(metadata, archive, file.filename().string(), keys, key_, passphrase_));
    return write_file(file.string() + ".prov", text);
  }

  DownloadOptions options_;
  std::string version_, app_version_, destination_ = ".", key_, keyring_ = default_keyring(), passphrase_file_;
  openpgp::Passphrase passphrase_;
  bool update_ = false, sign_ = false;
};

// The files of a chart's archive, below DIR/NAME.
Status expand(const Tree& tree, const std::string& folder, const fs::path& to) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    std::string path = join_path(folder, entry.name);
    if (entry.type == TreeEntry::Type::kFolder) {
      TAUT_TRY(expand(tree, path, to));
    } else {
      TAUT_ASSIGN(FileText text, tree.read(path));
      TAUT_TRY(write_file(to / path, *text));
    }
  }
  return {};
}

class Pull : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("prov", 0, "", "the provenance file, too, unchecked", &provenance_);
    flags.add("untar", 0, "", "unpack the chart, and keep no archive", &untar_);
    flags.add("untardir", 0, "DIR", "where the chart is unpacked, below the destination", &untar_folder_);
    flags.add("destination", 'd', "DIR", "where the archive goes", &destination_);
    reference_.declare(flags);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty()) {
      print_error("which chart? taut helm pull [URL | REPOSITORY/CHART | oci://...]...");
      return kMisused;
    }
    for (const std::string& name : arguments)
      if (Status status = pull(name); !status) return print_helm_error(status.error());
    return kDone;
  }

 private:
  Status pull(const std::string& name) {
    TAUT_ASSIGN(auto fetched, reference_.fetch(name, provenance_));
    if (fetched.verification) fmt::print("{}", helm::verification_text(*fetched.verification));
    if (!untar_) {
      std::error_code error;
      if (!fs::is_directory(destination_, error)) return fail(Code::kNotFound, "open {}: no such file or directory", destination_);
      const fs::path place = fs::path(destination_) / fetched.file_name;
      TAUT_TRY(write_file(place, fetched.bytes));
      return fetched.provenance.empty() ? Status() : write_file(place.string() + ".prov", fetched.provenance);
    }
    fs::path folder = untar_folder_.starts_with('/') ? fs::path(untar_folder_) : fs::path(destination_) / untar_folder_;
    folder = folder.lexically_normal();
    fs::path place = (folder / fs::path(name).filename()).lexically_normal();
    std::error_code error;
    if (fs::exists(place, error))
      return fail(Code::kAlreadyExists, "failed to untar: a file or directory with the name {} already exists", place.string());
    TAUT_ASSIGN(auto chart, helm::load_chart_archive(fetched.bytes));
    TAUT_ASSIGN(TreePtr files, read_archive(fetched.bytes));
    TAUT_ASSIGN(auto entries, files->list(""));
    if (entries.size() != 1) return fail(Code::kInvalid, "chart name not specified");
    TAUT_ASSIGN(TreePtr root, sub_tree(files, entries[0].name));
    return expand(*root, "", folder / chart->metadata.name);
  }

  ChartReference reference_;
  bool untar_ = false, provenance_ = false;
  std::string untar_folder_ = ".", destination_ = ".";
};

}  // namespace

std::unique_ptr<Command> make_helm_package() { return std::make_unique<Package>(); }
std::unique_ptr<Command> make_helm_pull() { return std::make_unique<Pull>(); }

}  // namespace taut::cli
