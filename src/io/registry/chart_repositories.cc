#include "io/registry/chart_repositories.hh"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/hash.hh"
#include "base/sha256.hh"
#include "base/semver.hh"
#include "base/strings.hh"
#include "tree/archive.hh"
#include "tree/views.hh"
#include "value/json.hh"

namespace taut::registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kOci = "oci://";
constexpr uint64_t kLargest = 100ull << 20;  // unpacked, as helm has it

// The one folder at the root of a chart's archive.
Result<TreePtr> unpack(const std::string& bytes, const ChartSource& source) {
  TAUT_ASSIGN(TreePtr all, read_archive(bytes, {.total = kLargest}));
  TAUT_ASSIGN(auto entries, all->list(""));
  for (const TreeEntry& entry : entries)
    if (entry.type == TreeEntry::Type::kFolder && all->stat(entry.name + "/Chart.yaml")) return sub_tree(all, entry.name);
  return fail(Code::kInvalid, "chart {} of {}: Chart.yaml file is missing", source.chart, source.repository);
}

// Helm writes "+" of a version as "_" in a tag.
std::string tag_of(std::string_view version) { return replace_all(version, "+", "_"); }
std::string version_of(std::string_view tag) { return replace_all(tag, "_", "+"); }

Error unreadable(const net::HttpResponse& response, const std::string& url) {
  Code code = response.status == 404                             ? Code::kNotFound
              : response.status == 401 || response.status == 403 ? Code::kUnauthenticated
              : response.status == 429 || response.status >= 500 ? Code::kUnavailable
                                                                 : Code::kInvalid;
  return Error(code, fmt::format("failed to fetch {} : {}", url, response.status));
}

}  // namespace

std::optional<ChartSource> chart_source(std::string_view url) {
  constexpr std::string_view kPrefix = "chart+";
  size_t hash = url.rfind('#');
  if (!url.starts_with(kPrefix) || hash == std::string_view::npos) return std::nullopt;
  return ChartSource{std::string(trim_right(url.substr(kPrefix.size(), hash - kPrefix.size()), "/")), std::string(url.substr(hash + 1))};
}

// One Helm repository or registry host path, with what was learnt of it.
struct ChartRepositories::Remote {
  Remote(std::string url, ChartAccess access)
      : repository(std::move(url)), login(access.login), pass_credentials(access.pass_credentials), http({.tls = access.tls, .proxy = access.proxy, .no_proxy = access.no_proxy}) {}

  const std::string repository;
  const Login login;
  const bool pass_credentials;
  net::HttpClient http;
  std::mutex mutex;
  std::shared_ptr<const ChartIndex> index;
  Clock::time_point index_read{};
  std::unique_ptr<OciRegistry> oci;

  bool is_oci() const { return repository.starts_with(kOci); }
  // "registry.example.com/charts" and the chart: the host, and the repository in it.
  std::pair<std::string, std::string> place(const std::string& chart) const {
    std::string path = repository.substr(kOci.size());
    size_t slash = path.find('/');
    std::string folder = slash == std::string::npos ? "" : path.substr(slash + 1) + "/";
    return {path.substr(0, slash), folder + chart};
  }
  Result<std::string> get(const std::string& url) {
    net::HttpRequest request;
    request.url = url;
    request.max_redirects = 10;
    request.idle_timeout = net::Milliseconds(30'000);
    // Archives may lie on another host, which the login is not for.
    if (pass_credentials || url.starts_with(repository)) request.user = login.user, request.password = login.password;
    TAUT_ASSIGN(auto response, http.send(std::move(request)));
    if (response.status != 200) return fail(unreadable(response, url));
    return std::move(response.body);
  }
};

ChartRepositories::ChartRepositories(ChartRepositoriesOptions options, Repositories& others)
    : options_(std::move(options)), others_(others) {}
ChartRepositories::~ChartRepositories() = default;

Result<std::shared_ptr<ChartRepositories::Remote>> ChartRepositories::remote(const std::string& repository) {
  ChartAccess access;
  if (options_.access) {
    TAUT_ASSIGN(access, options_.access(repository));
  }
  std::lock_guard lock(mutex_);
  auto& known = remotes_[repository];
  bool same = known && known->login.user == access.login.user && known->login.password == access.login.password;
  if (!same) {
    known = std::make_shared<Remote>(repository, access);
    if (known->is_oci())
      known->oci = std::make_unique<OciRegistry>(known->http, known->place("").first, access.login, options_.plain_http);
  }
  return known;
}

Result<ChartRepositories::IndexFacts> ChartRepositories::read_index(Remote& remote) {
  std::string url = remote.repository + "/index.yaml";
  auto text = remote.get(url);
  if (!text) return fail(std::move(text.error()).while_doing(fmt::format("looking up the charts of {}", remote.repository)));
  TAUT_ASSIGN(auto parsed, ChartIndex::parse(*text, url));
  remote.index = std::make_shared<const ChartIndex>(std::move(parsed));
  remote.index_read = Clock::now();
  return IndexFacts{sha256_digest(*text), text->size()};
}

Result<std::shared_ptr<const ChartIndex>> ChartRepositories::index(Remote& remote) {
  std::lock_guard lock(remote.mutex);
  if (remote.index && Clock::now() - remote.index_read < options_.index_age) return remote.index;
  TAUT_TRY(read_index(remote));
  return remote.index;
}

Result<ChartRepositories::IndexFacts> ChartRepositories::refresh(const std::string& repository) {
  TAUT_ASSIGN(auto from, remote(repository));
  std::lock_guard lock(from->mutex);
  return read_index(*from);
}

Result<std::shared_ptr<const ChartIndex>> ChartRepositories::index_of(const std::string& repository) {
  TAUT_ASSIGN(auto from, remote(repository));
  return index(*from);
}

Result<std::string> ChartRepositories::resolve(const std::string& url, const std::string& revision) {
  auto source = chart_source(url);
  if (!source) return others_.resolve(url, revision);
  TAUT_ASSIGN(auto from, remote(source->repository));
  if (!from->is_oci()) {
    TAUT_ASSIGN(auto charts, index(*from));
    auto entry = charts->find(source->chart, revision);
    if (!entry) return fail(entry.error().code(), "{}: {}", source->repository, entry.error().message());
    return entry->version;
  }
  // A whole version need not be looked for.
  if (Version::parse_strict(revision)) return revision;
  TAUT_ASSIGN(auto tags, from->oci->tags(from->place(source->chart).second));
  std::vector<std::string> versions;
  for (const std::string& tag : tags) versions.push_back(version_of(tag));
  TAUT_ASSIGN(std::string version, pick_version(revision, versions));
  if (version.empty())
    return fail(Code::kNotFound, "{}/{}: no version matches \"{}\"", source->repository, source->chart, revision);
  return version;
}

std::string ChartRepositories::kept(const std::string& key) const {
  return fmt::format("{}/{}.tgz", options_.directory, hash128(key).hex());
}

Result<TreePtr> ChartRepositories::tree_with_submodules(const std::string& url, const std::string& version) {
  return chart_source(url) ? tree(url, version) : others_.tree_with_submodules(url, version);
}

Result<TreePtr> ChartRepositories::tree(const std::string& url, const std::string& version) {
  auto source = chart_source(url);
  if (!source) return others_.tree(url, version);
  std::string key = url + "@" + version;
  {
    std::lock_guard lock(mutex_);
    if (auto held = trees_[key].lock()) return held;
  }
  std::string path = kept(key);
  std::string bytes;
  if (std::ifstream file(path, std::ios::binary); file) {
    std::stringstream text;
    text << file.rdbuf();
    bytes = text.str();
  }
  auto unpacked = bytes.empty() ? Result<TreePtr>(fail(Code::kNotFound, "not kept")) : unpack(bytes, *source);
  if (!unpacked) {
    TAUT_ASSIGN(auto from, remote(source->repository));
    TAUT_ASSIGN(bytes, download(*from, *source, version));
    unpacked = unpack(bytes, *source);
    if (!unpacked) return unpacked;
    // Written whole or not at all; a chart that cannot be kept is fetched again.
    std::error_code error;
    std::filesystem::create_directories(options_.directory, error);
    std::string part = fmt::format("{}.{}", path, hash64(bytes));
    if (std::ofstream(part, std::ios::binary) << bytes) std::filesystem::rename(part, path, error);
  }
  std::lock_guard lock(mutex_);
  trees_[key] = *unpacked;
  return unpacked;
}

Result<std::string> ChartRepositories::download(Remote& remote, const ChartSource& source, const std::string& version) {
  if (remote.is_oci()) return pull(remote, source, version);
  TAUT_ASSIGN(auto charts, index(remote));
  TAUT_ASSIGN(auto entry, charts->find(source.chart, version));
  TAUT_ASSIGN(std::string bytes, remote.get(entry.url));
  if (!entry.digest.empty() && sha256_digest(bytes) != "sha256:" + std::string(trim(replace_all(entry.digest, "sha256:", ""))))
    return fail(Code::kInvalid, "chart {}-{} of {}: its digest is not that of the index", source.chart, version, source.repository);
  return bytes;
}

Result<std::string> ChartRepositories::pull(Remote& remote, const ChartSource& source, const std::string& version) {
  std::string repository = remote.place(source.chart).second;
  TAUT_ASSIGN(std::string text, remote.oci->manifest(repository, tag_of(version)));
  TAUT_ASSIGN(Value manifest, parse_json(text));
  for (const Value& layer : manifest["layers"].items()) {
    std::string_view type = layer["mediaType"].as_string();
    bool chart = type == "application/vnd.cncf.helm.chart.content.v1.tar+gzip" || type == "application/tar+gzip";
    if (chart) return remote.oci->blob(repository, layer["digest"].str());
  }
  return fail(Code::kInvalid, "manifest does not contain a layer with mediatype application/vnd.cncf.helm.chart.content.v1.tar+gzip");
}

Result<std::vector<std::string>> ChartRepositories::changed_paths(const std::string& url, const std::string& from, const std::string& to) {
  if (chart_source(url)) return std::vector<std::string>{""};
  return others_.changed_paths(url, from, to);
}

Result<Commit> ChartRepositories::commit(const std::string& url, const std::string& sha) {
  if (auto source = chart_source(url)) return Commit{sha, "", fmt::format("{} {}", source->chart, sha), {}};
  return others_.commit(url, sha);
}

}  // namespace taut::registry
