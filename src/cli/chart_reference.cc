#include "cli/chart_reference.hh"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/strings.hh"
#include "cli/helm_values.hh"
#include "tree/disk.hh"

namespace taut::cli {

Result<helm::ChartPtr> load_chart_at(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fail(Code::kNotFound, "stat {}: no such file or directory", path);
  if (S_ISDIR(info.st_mode)) {
    TAUT_ASSIGN(TreePtr tree, disk_tree(path));
    return helm::load_chart(*tree);
  }
  TAUT_ASSIGN(std::string bytes, read_helm_file(path));
  if (!bytes.starts_with("\x1f\x8b")) {
    bool yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    return yaml ? fail(Code::kInvalid, "file '{}' seems to be a YAML file, but expected a gzipped archive", path)
                : fail(Code::kInvalid, "file '{}' does not appear to be a gzipped archive", path);
  }
  return helm::load_chart_archive(bytes);
}

void DownloadOptions::declare(Flags& flags) {
  flags.add("username", 0, "NAME", "the user of the chart's repository", &flags_.login.user);
  flags.add("password", 0, "PASSWORD", "the user's password", &flags_.login.password);
  flags.add("cert-file", 0, "FILE", "the client's certificate", &flags_.cert_file);
  flags.add("key-file", 0, "FILE", "the client's key", &flags_.key_file);
  flags.add("ca-file", 0, "FILE", "the certificates that a server is checked against", &flags_.ca_file);
  flags.add("insecure-skip-tls-verify", 0, "", "do not check the server's certificate", &flags_.insecure);
  flags.add("plain-http", 0, "", "registries without TLS", &flags_.plain_http);
  flags.add("repository-config", 0, "FILE", "helm's repositories.yaml", &home_.repository_config);
  flags.add("repository-cache", 0, "DIR", "where indices of repositories are kept", &home_.repository_cache);
  flags.add("content-cache", 0, "DIR", "where charts are kept by their digest", &home_.content_cache);
  flags.add("registry-config", 0, "FILE", "the logins of registries", &home_.registry_config);
}

void ChartReference::declare(Flags& flags) {
  flags.add("version", 0, "RANGE", "the version of the chart, or a range; the newest one without it", &version_);
  flags.add("devel", 0, "", "prereleases too, as --version '>0.0.0-0'", &devel_);
  flags.add("repo", 0, "URL", "the repository of the chart", &repository_);
  flags.add("verify", 0, "", "check the chart against its provenance file first", &verify_);
  flags.add("keyring", 0, "FILE", "the public keys that --verify trusts", &keyring_);
  flags.add("pass-credentials", 0, "", "login at other hosts than the repository's, too", download_.pass_credentials());
  download_.declare(flags);
}

Result<std::string> ChartReference::local(const std::string& given) const {
  std::string name(trim(given));
  if (!repository_.empty()) return std::string();
  struct stat info {};
  if (::stat(name.c_str(), &info) == 0) {
    if (!verify_) return name;
    QuietErrors quiet;
    TAUT_TRY(helm::verify_chart_file(std::filesystem::absolute(name).lexically_normal(), keyring_));
    return name;
  }
  if (name.starts_with('/') || name.starts_with('.')) return fail(Code::kNotFound, "path {} not found", quote(name));
  return std::string();
}

Result<ChartReference::Fetched> ChartReference::fetch(const std::string& given, bool with_provenance) const {
  std::string name(trim(given)), version(trim(version_));
  if (version.empty() && devel_) version = ">0.0.0-0";
  registry::ChartDownloader downloader = download_.downloader();
  TAUT_ASSIGN(auto place, repository_.empty() ? downloader.resolve(name, version) : downloader.resolve_in(repository_, name, version));
  auto bytes = downloader.fetch(place);
  for (const std::string& line : downloader.log) fmt::print(stderr, "{}\n", line);
  if (!bytes) return fail(std::move(bytes.error()));
  Fetched out{place.file_name(), std::move(*bytes), {}, {}};
  if (!verify_ && !with_provenance) return out;
  auto provenance = downloader.fetch_provenance(place);
  if (!provenance && verify_) return fail(std::move(provenance.error()));
  if (!provenance) fmt::print("WARNING: Verification not found for {}: {}\n", name, provenance.error().message());
  else out.provenance = std::move(*provenance);
  if (!verify_) return out;
  auto keys = read_helm_file(keyring_);
  if (!keys) return fail(Error(keys.error()).with_message("failed to load keyring: " + keys.error().message()));
  QuietErrors quiet;
  TAUT_ASSIGN(out.verification, helm::verify_provenance(out.bytes, out.provenance, *keys, out.file_name));
  return out;
}

Result<helm::ChartPtr> ChartReference::load(const std::string& name) const {
  TAUT_ASSIGN(std::string path, local(name));
  if (!path.empty()) return load_chart_at(path);
  TAUT_ASSIGN(Fetched fetched, fetch(name));
  return helm::load_chart_archive(fetched.bytes);
}

}  // namespace taut::cli
