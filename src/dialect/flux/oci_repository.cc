#include "dialect/flux/oci_repository.hh"

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/base64.hh"
#include "base/semver.hh"
#include "base/strings.hh"
#include "dialect/flux/source_ignore.hh"
#include "tree/archive.hh"
#include "value/json.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kScheme = "oci://";
constexpr std::string_view kRevision = "org.opencontainers.image.revision";

SourceError pull_failed(std::string message) { return fetch_failed("OCIArtifactPullFailed", std::move(message)); }
SourceError layer_failed(std::string message) { return fetch_failed("OCIArtifactLayerOperationFailed", std::move(message)); }

// The tag that spec.ref asks for; "latest" where it says nothing.
Result<std::string> pick_tag(const Value& ref, OciClient& client) {
  if (ref["semver"].empty()) return ref["tag"].empty() ? std::string("latest") : ref["tag"].str();
  std::string text = ref["semver"].str();
  auto range = VersionRange::parse(text);
  if (!range) return fail(Code::kInvalid, "semver '{}' parse error: {}", text, range.error().message());
  RE2 filter(ref["semverFilter"].str(), RE2::Quiet);
  if (!filter.ok()) return fail(Code::kInvalid, "failed to compile regular expression: {}", filter.error());
  TAUT_ASSIGN(auto tags, client.tags());
  std::erase_if(tags, [&](const std::string& tag) { return !RE2::PartialMatch(tag, filter); });
  std::string tag = highest(*range, tags);
  if (tag.empty()) return fail(Code::kNotFound, "no match found for semver: {}", text);
  return tag;
}

const Value* select_layer(const Value& manifest, const Value& selector) {
  std::string_view wanted = selector["mediaType"].as_string();
  for (const Value& layer : manifest["layers"].items())
    if (wanted.empty() || layer["mediaType"].as_string() == wanted) return &layer;
  return nullptr;
}

tl::expected<TreePtr, SourceError> read_layer(const Value& object, const Value& manifest, OciClient& client) {
  const Value& selector = object["spec"]["layerSelector"];
  const Value* layer = select_layer(manifest, selector);
  if (!layer)
    return tl::unexpected(layer_failed(manifest["layers"].empty()
                                           ? std::string("no layers found in artifact")
                                           : fmt::format("failed to find layer with media type '{}' in artifact", selector["mediaType"].as_string())));
  auto bytes = client.blob((*layer)["digest"].str());
  if (!bytes) return tl::unexpected(layer_failed(fmt::format("failed to extract layer contents from artifact: {}", bytes.error().message())));
  auto tree = read_archive(*bytes);
  if (tree && selector["operation"].as_string() != "copy") tree = without_ignored(*tree, object["spec"]["ignore"].as_string());
  if (!tree) return tl::unexpected(layer_failed(fmt::format("failed to extract layer contents from artifact: {}", tree.error().message())));
  return *tree;
}

}  // namespace

Result<SourceAccess> read_docker_login(const Value& secret, std::string_view host) {
  Value data = secret_data(secret);
  auto config = parse_json(data[".dockerconfigjson"].as_string());
  if (!config) return fail(Code::kInvalid, "invalid secret '{}/{}': key '.dockerconfigjson' holds no JSON", namespace_of(secret), name_of(secret));
  SourceAccess out;
  for (const Entry& entry : (*config)["auths"].entries()) {
    std::string_view name = entry.key();
    for (std::string_view scheme : {"https://", "http://"})
      if (name.starts_with(scheme)) name.remove_prefix(scheme.size());
    name = name.substr(0, name.find('/'));
    if (name == "index.docker.io") name = "docker.io";
    if (name != host) continue;
    out.username = entry.value["username"].str();
    out.password = entry.value["password"].str();
    std::string_view user, password;
    auto both = base64_decode(entry.value["auth"].as_string());
    if (out.username.empty() && both && cut(*both, ":", user, password)) {
      out.username = user;
      out.password = password;
    }
  }
  return out;
}

std::optional<SourceError> unsupported_oci_field(const Value& spec) {
  auto unsupported = [](std::string_view field, std::string_view why) {
    SourceError error = fetch_failed(std::string(kUnsupportedField), fmt::format("spec.{} is not supported: {}", field, why));
    error.stalled = true;
    return error;
  };
  if (!spec["verify"].empty()) return unsupported("verify", "signatures of artifacts are not verified yet");
  std::string_view provider = spec["provider"].as_string();
  if (!provider.empty() && provider != "generic") return unsupported("provider", "only generic is known yet, with a secretRef");
  return std::nullopt;
}

Result<OciPlace> read_place(const Value& spec) {
  std::string_view url = spec["url"].as_string();
  if (!url.starts_with(kScheme)) return fail(Code::kInvalid, "URL must be in format 'oci://<domain>/<org>/<repo>'");
  url.remove_prefix(kScheme.size());
  std::string_view host, repository;
  if (!cut(url, "/", host, repository) || repository.empty())
    return fail(Code::kInvalid, "invalid URL '{}{}': it names no repository", kScheme, url);
  return OciPlace{std::string(host), std::string(repository), spec["insecure"].as_bool(), {}};
}

tl::expected<Artifact, SourceError> fetch_oci(const Value& object, OciClient& client, const std::optional<Artifact>& known) {
  const Value& ref = object["spec"]["ref"];
  std::string url = object["spec"]["url"].str();
  auto failed = [&](const Error& error) { return tl::unexpected(pull_failed("failed to determine artifact digest: " + error.message())); };
  std::string label, reference = ref["digest"].str();
  if (reference.empty()) {
    auto tag = pick_tag(ref, client);
    if (!tag)
      return tl::unexpected(fetch_failed("ReadOperationFailed", fmt::format("failed to determine the artifact tag for '{}': {}", url, tag.error().message())));
    label = reference = *tag;
  }
  auto manifest = client.manifest(reference);
  if (!manifest) return failed(manifest.error());
  Artifact out;
  out.revision = label.empty() ? manifest->digest : fmt::format("{}@{}", label, manifest->digest);
  out.sha = revision_hash(manifest->digest);
  auto parsed = parse_json(manifest->text);
  if (!parsed) return tl::unexpected(pull_failed(fmt::format("failed to pull artifact from '{}': {}", url, parsed.error().message())));
  out.origin = (*parsed)["annotations"][kRevision].str();
  bool same_wish = object["status"]["observedIgnore"] == object["spec"]["ignore"] &&
                   object["status"]["observedLayerSelector"] == object["spec"]["layerSelector"];
  if (known && known->sha == out.sha && same_wish) {
    out.digest = known->digest;
    out.tree = known->tree;
    return out;
  }
  auto tree = read_layer(object, *parsed, client);
  if (!tree) return tl::unexpected(tree.error());
  auto digest = artifact_digest(**tree);
  if (!digest) return failed(digest.error());
  out.digest = *digest;
  out.tree = *tree;
  return out;
}

}  // namespace taut::flux
