#include "dialect/flux/helm_repository.hh"

#include <fmt/format.h>

#include <array>

#include "tree/memory.hh"

namespace taut::flux {

std::optional<SourceError> unsupported_helm_field(const Value& spec) {
  auto unsupported = [](std::string_view field, std::string_view why) {
    SourceError error = fetch_failed(std::string(kUnsupportedField), fmt::format("spec.{} is not supported: {}", field, why));
    error.stalled = true;
    return error;
  };
  if (!spec["accessFrom"].empty()) return unsupported("accessFrom", "Flux does not do it either");
  std::string_view provider = spec["provider"].as_string();
  if (!provider.empty() && provider != "generic") return unsupported("provider", "only generic is known yet, with a secretRef");
  return std::nullopt;
}

bool is_oci(const Value& repository) { return repository["spec"]["type"].as_string() == "oci"; }

Result<HelmPlace> read_helm_place(const Value& repository) {
  const Value& spec = repository["spec"];
  HelmPlace out;
  out.url = spec["url"].str();
  while (out.url.ends_with('/')) out.url.pop_back();
  out.oci = is_oci(repository);
  out.insecure = spec["insecure"].as_bool();
  out.pass_credentials = spec["passCredentials"].as_bool();
  bool oci_url = out.url.starts_with("oci://");
  if (oci_url && !out.oci) return fail(Code::kInvalid, "invalid Helm repository URL: 'oci' URL scheme cannot be used with 'default' HelmRepository type");
  if (!oci_url && out.oci) return fail(Code::kInvalid, "invalid OCI registry URL: {}", out.url);
  if (!oci_url && !out.url.starts_with("http://") && !out.url.starts_with("https://"))
    return fail(Code::kInvalid, "invalid Helm repository URL: scheme of '{}' is not supported", out.url);
  return out;
}

tl::expected<Artifact, SourceError> fetch_index(const HelmPlace&, HelmClient& client) {
  auto index = client.refresh();
  if (!index) {
    bool unreadable = index.error().code() == Code::kInvalid;
    return tl::unexpected(unreadable ? fetch_failed("IndexationFailed", fmt::format("failed to load Helm repository from index YAML: {}", index.error().message()))
                                     : fetch_failed("Failed", fmt::format("failed to fetch Helm repository index: {}", index.error().message())));
  }
  Artifact out;
  out.revision = index->digest;
  out.sha = revision_hash(index->digest);
  out.digest = index->digest;
  out.size = index->size;
  out.tree = memory_tree({});
  return out;
}

// go-units: 1000 to the next unit, four digits.
std::string index_event(const HelmPlace& place, uint64_t size) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  double number = static_cast<double>(size);
  size_t unit = 0;
  for (; number >= 1000 && unit + 1 < kUnits.size(); ++unit) number /= 1000;
  return fmt::format("stored fetched index of size {:.4g}{} from '{}'", number, kUnits[unit], place.url);
}

}  // namespace taut::flux
