#include "io/registry/chart_downloader.hh"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/http_status.hh"
#include "base/semver.hh"
#include "base/sha256.hh"
#include "base/strings.hh"
#include "base/url.hh"
#include "value/json.hh"

namespace taut::registry {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOci = "oci://";
constexpr std::string_view kProvenanceLayer = "application/vnd.cncf.helm.chart.provenance.v1.prov";
constexpr std::string_view kChartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

Code code_of(int status) {
  if (status == 404 || status == 410) return Code::kNotFound;
  if (status == 401 || status == 403) return Code::kUnauthenticated;
  return status == 429 || status >= 500 ? Code::kUnavailable : Code::kInvalid;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::kNotFound, "open {}: no such file or directory", path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Status read_into(const std::string& path, std::string& out) {
  if (path.empty()) return {};
  TAUT_ASSIGN(out, read_file(path));
  return {};
}

// Whole or not at all.
void write_file(const std::string& path, std::string_view bytes) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  std::string part = fmt::format("{}.{}", path, sha256_hex(bytes).substr(0, 8));
  if (std::ofstream(part, std::ios::binary) << bytes) fs::rename(part, path, error);
}

std::string origin_of(const std::string& url) {
  auto parsed = Url::parse(url);
  return parsed ? parsed->origin() : "";
}

std::string hex_of(std::string_view digest) {
  size_t colon = digest.find(':');
  return std::string(trim(colon == std::string_view::npos ? digest : digest.substr(colon + 1)));
}

// "host/path" cut at the tag: a colon behind the last slash.
void cut_tag(std::string_view text, std::string& repository, std::string& tag) {
  size_t slash = text.rfind('/'), colon = text.rfind(':');
  bool tagged = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  repository = std::string(text.substr(0, tagged ? colon : text.size()));
  tag = tagged ? std::string(text.substr(colon + 1)) : "";
}

}  // namespace

bool is_oci(std::string_view url) { return url.starts_with(kOci); }

std::string resolve_reference(std::string_view repository, std::string_view url) {
  if (contains(url, "://")) return std::string(url);
  std::string_view base = trim_right(repository, "/");
  if (!url.starts_with('/')) return fmt::format("{}/{}", base, url);
  size_t host = base.find("://"), slash = host == std::string_view::npos ? host : base.find('/', host + 3);
  return std::string(base.substr(0, slash)) + std::string(url);
}

std::string ChartPlace::file_name() const {
  std::string_view path = url;
  path = path.substr(0, path.find_first_of("?#"));
  std::string name(path.substr(path.rfind('/') + 1));
  if (!is_oci(url)) return name;
  std::string chart, tag;
  cut_tag(name, chart, tag);
  return fmt::format("{}-{}.tgz", chart, tag);
}

ChartDownloader::ChartDownloader(HelmHome home, DownloadFlags flags) : home_(std::move(home)), flags_(std::move(flags)) {}
ChartDownloader::~ChartDownloader() = default;

Result<net::HttpClient*> ChartDownloader::client(const DownloadFlags& flags) {
  net::TlsOptions tls;
  tls.insecure = flags.insecure;
  TAUT_TRY(read_into(flags.ca_file, tls.ca));
  TAUT_TRY(read_into(flags.cert_file, tls.certificate));
  TAUT_TRY(read_into(flags.key_file, tls.key));
  std::string key = fmt::format("{}\n{}\n{}\n{}", flags.ca_file, flags.cert_file, flags.key_file, flags.insecure);
  std::lock_guard lock(mutex_);
  auto& known = clients_[key];
  if (!known) known = std::make_unique<net::HttpClient>(net::HttpOptions{.tls = std::move(tls)});
  return known.get();
}

Result<std::string> ChartDownloader::get(const std::string& url, const DownloadFlags& flags, const std::string& owner) {
  auto parsed = Url::parse(url);
  if (!parsed) return fail(Code::kInvalid, "invalid chart URL format: {}", redact_urls(url));
  if (parsed->scheme != "http" && parsed->scheme != "https")
    return fail(Code::kUnsupported, "scheme {} not supported", quote(parsed->scheme));
  TAUT_ASSIGN(net::HttpClient * http, client(flags));
  net::HttpRequest request;
  request.url = url;
  request.max_redirects = 10;
  request.idle_timeout = net::Milliseconds(30'000);
  request.headers.push_back({"Accept", "application/gzip,application/octet-stream,*/*"});
  bool own = flags.pass_credentials || origin_of(url) == origin_of(owner);
  if (own && !flags.login.user.empty()) request.user = flags.login.user, request.password = flags.login.password;
  auto response = http->send(std::move(request));
  if (!response) {
    std::string message = fmt::format("Get \"{}\": {}", parsed->redacted(), response.error().message());
    return fail(std::move(response.error()).with_message(std::move(message)));
  }
  if (response->status != 200)
    return fail(code_of(response->status), "failed to fetch {} : {} {}", parsed->redacted(), response->status, http_reason(response->status));
  return std::move(response->body);
}

Result<std::string> ChartDownloader::fetch(const ChartPlace& place) {
  std::string hex = hex_of(place.digest);
  bool known = hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == std::string::npos;
  auto kept = [&](const std::string& digest) { return fmt::format("{}/{}/{}.chart", home_.content_cache, digest.substr(0, 2), digest); };
  if (known) {
    auto bytes = read_file(kept(hex));
    if (bytes && sha256_hex(*bytes) == hex) return bytes;
  }
  TAUT_ASSIGN(std::string bytes, is_oci(place.url) ? pull(place) : get(place.url, place.flags, place.repository));
  // What a repository promised and did not hold is used, as helm does, but never kept under the promised name.
  write_file(kept(sha256_hex(bytes)), bytes);
  return bytes;
}

Result<std::string> ChartDownloader::fetch_provenance(const ChartPlace& place) {
  const std::string url = place.url + ".prov";
  auto bytes = is_oci(place.url) ? pull_provenance(place) : get(url, place.flags, place.repository);
  if (bytes) return bytes;
  return fail(Error(bytes.error()).with_message(fmt::format("failed to fetch provenance {}", quote(redact_urls(url)))));
}

Result<std::unique_ptr<OciRegistry>> ChartDownloader::registry(const std::string& host, const DownloadFlags& flags) {
  Login login = flags.login;
  if (login.user.empty()) {
    if (auto config = read_file(home_.registry_config)) {
      TAUT_ASSIGN(login, find_login(*config, host));
    }
  }
  TAUT_ASSIGN(net::HttpClient * http, client(flags));
  return std::make_unique<OciRegistry>(*http, host, login, flags.plain_http);
}

Result<std::string> ChartDownloader::pull_provenance(const ChartPlace& place) {
  std::string whole, tag;
  std::string_view host, repository;
  cut_tag(std::string_view(place.url).substr(kOci.size()), whole, tag);
  cut(whole, "/", host, repository);
  TAUT_ASSIGN(auto from, registry(std::string(host), place.flags));
  TAUT_ASSIGN(std::string text, from->manifest(std::string(repository), replace_all(tag, "+", "_")));
  TAUT_ASSIGN(Value manifest, parse_json(text));
  for (const Value& layer : manifest["layers"].items())
    if (layer["mediaType"].as_string() == kProvenanceLayer) return from->blob(std::string(repository), layer["digest"].str());
  return fail(Code::kNotFound, "manifest does not contain a layer with mediatype {}", kProvenanceLayer);
}

Result<std::string> ChartDownloader::pull(const ChartPlace& place) {
  std::string whole, tag, path(std::string_view(place.url).substr(kOci.size()));
  std::string_view host, repository;
  cut_tag(path, whole, tag);
  cut(whole, "/", host, repository);
  TAUT_ASSIGN(auto from, registry(std::string(host), place.flags));
  TAUT_ASSIGN(std::string text, from->manifest(std::string(repository), replace_all(tag, "+", "_")));
  TAUT_ASSIGN(Value manifest, parse_json(text));
  for (const Value& layer : manifest["layers"].items()) {
    std::string_view type = layer["mediaType"].as_string();
    if (type != kChartLayer && type != "application/tar+gzip") continue;
    TAUT_ASSIGN(std::string bytes, from->blob(std::string(repository), layer["digest"].str()));
    log.push_back(fmt::format("Pulled: {}:{}", whole, tag));
    log.push_back(fmt::format("Digest: {}", sha256_digest(text)));
    return bytes;
  }
  return fail(Code::kInvalid, "manifest does not contain a layer with mediatype {}", kChartLayer);
}

Result<std::vector<std::string>> ChartDownloader::tags(const std::string& reference) {
  std::string_view host, repository;
  cut(std::string_view(reference).substr(kOci.size()), "/", host, repository);
  TAUT_ASSIGN(auto from, registry(std::string(host), flags_));
  TAUT_ASSIGN(auto all, from->tags(std::string(repository)));
  std::vector<Version> versions;
  for (const std::string& tag : all)
    if (auto version = Version::parse_strict(replace_all(tag, "_", "+"))) versions.push_back(*version);
  std::ranges::stable_sort(versions, [](const Version& a, const Version& b) { return compare(a, b) > 0; });
  std::vector<std::string> out;
  for (const Version& version : versions) out.push_back(version.to_string());
  return out;
}

Result<ChartPlace> ChartDownloader::resolve_oci(const std::string& reference, const std::string& asked) {
  std::string repository, tag, version = asked;
  cut_tag(std::string_view(reference).substr(kOci.size()), repository, tag);
  if (version.empty()) {
    version = tag;
  } else if (!tag.empty() && tag != version) {
    return fail(Code::kInvalid, "chart reference and version mismatch: {} is not {}", version, tag);
  }
  if (!Version::parse(version)) {
    TAUT_ASSIGN(auto known, tags(std::string(kOci) + repository));
    if (known.empty()) return fail(Code::kNotFound, "unable to locate any tags in provided repository: {}", reference);
    TAUT_ASSIGN(auto range, VersionRange::parse(version.empty() ? "*" : version));
    auto found = std::ranges::find_if(known, [&](const std::string& one) { return range.contains(*Version::parse(one)); });
    if (found == known.end())
      return fail(Code::kNotFound, "could not locate a version matching provided version string {}", version);
    version = *found;
  }
  return ChartPlace{fmt::format("{}{}:{}", kOci, repository, version), "", flags_, reference};
}

// A login in repositories.yaml may be meant for it.
Result<ChartPlace> ChartDownloader::resolve_url(const std::string& url) {
  TAUT_ASSIGN(auto repositories, read_repositories(home_.repository_config));
  for (const RepositoryEntry& entry : repositories) {
    auto index = cached_index(entry.name, entry.url);
    if (!index) return fail(index.error().code(), "no cached repo found. (try 'helm repo update'): {}", index.error().message());
    if (!index->holds(url)) continue;
    DownloadFlags flags = flags_;
    if (!entry.username.empty() && !entry.password.empty()) flags.login = {entry.username, entry.password};
    if (!entry.cert_file.empty() || !entry.key_file.empty() || !entry.ca_file.empty())
      flags.cert_file = entry.cert_file, flags.key_file = entry.key_file, flags.ca_file = entry.ca_file;
    flags.pass_credentials |= entry.pass_credentials;
    return ChartPlace{url, "", flags, entry.url};
  }
  return ChartPlace{url, "", flags_, url};
}

Result<ChartPlace> ChartDownloader::resolve(const std::string& reference, const std::string& version) {
  if (is_oci(reference)) return resolve_oci(reference, version);
  if (contains(reference, "://")) return resolve_url(reference);
  TAUT_ASSIGN(auto repositories, read_repositories(home_.repository_config));
  std::string_view repository, chart;
  if (!cut(reference, "/", repository, chart))
    return fail(Code::kInvalid, "non-absolute URLs should be in form of repo_name/path_to_chart, got: {}", reference);
  auto entry = std::ranges::find(repositories, repository, &RepositoryEntry::name);
  if (entry == repositories.end()) return fail(Code::kNotFound, "repo {} not found", repository);
  if (entry->url.empty()) return fail(Code::kInvalid, "no URL found for repository {}", repository);
  auto index = cached_index(entry->name, entry->url);
  if (!index) return fail(index.error().code(), "no cached repo found. (try 'helm repo update'): {}", index.error().message());
  auto found = index->get(chart, version);
  if (!found)
    return fail(found.error().code(), "chart {} matching {} not found in {} index. (try 'helm repo update'): {}", quote(chart), version,
                entry->name, found.error().message());
  DownloadFlags flags = flags_;
  if (!entry->username.empty() && !entry->password.empty()) flags.login = {entry->username, entry->password};
  if (!entry->cert_file.empty() || !entry->key_file.empty() || !entry->ca_file.empty())
    flags.cert_file = entry->cert_file, flags.key_file = entry->key_file, flags.ca_file = entry->ca_file;
  flags.insecure |= entry->insecure;
  flags.pass_credentials |= entry->pass_credentials;
  return ChartPlace{found->url, found->digest, flags, entry->url};
}

Result<ChartPlace> ChartDownloader::resolve_in(const std::string& repository_url, const std::string& chart,
                                               const std::string& version) {
  std::string url = resolve_reference(repository_url, "index.yaml");
  auto text = get(url, flags_, repository_url);
  auto index = text ? ChartIndex::parse(*text, url) : Result<ChartIndex>(fail(text.error()));
  if (!index)
    return fail(index.error().code(), "looks like {} is not a valid chart repository or cannot be reached: {}",
                quote(redact_urls(repository_url)), index.error().message());
  auto found = index->get(chart, version);
  if (!found) {
    std::string what = version.empty() ? "" : fmt::format(" version {}", quote(version));
    return fail(Code::kNotFound, "chart {}{} not found in {} repository", quote(chart), what, redact_urls(repository_url));
  }
  return ChartPlace{found->url, found->digest, flags_, repository_url};
}

Status ChartDownloader::update(const RepositoryEntry& entry) {
  DownloadFlags flags{{entry.username, entry.password}, entry.cert_file, entry.key_file, entry.ca_file, entry.insecure, false,
                      entry.pass_credentials};
  std::string url = resolve_reference(entry.url, "index.yaml");
  TAUT_ASSIGN(std::string text, get(url, flags, entry.url));
  TAUT_ASSIGN(ChartIndex index, ChartIndex::parse(text, url));
  write_file(fmt::format("{}/{}-index.yaml", home_.repository_cache, entry.name), text);
  return {};
}

Result<ChartIndex> ChartDownloader::cached_index(const std::string& name, const std::string& url) const {
  std::string path = fmt::format("{}/{}-index.yaml", home_.repository_cache, name);
  TAUT_ASSIGN(std::string text, read_file(path));
  auto index = ChartIndex::parse(text, resolve_reference(url, "index.yaml"));
  if (!index) return fail(index.error().code(), "error loading {}: {}", path, index.error().message());
  return index;
}

}  // namespace taut::registry
