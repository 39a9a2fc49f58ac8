#include "helm/capabilities.hh"

#include <array>

#include "base/strings.hh"

namespace taut::helm {

namespace {

// The groups and versions that client-go 0.35 registers, and those of CustomResourceDefinitions, in its order.
constexpr std::array<std::string_view, 57> kKnownVersions = {
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "autoscaling/v2beta1",
    "autoscaling/v2beta2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha1",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
};

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<KubeVersion> KubeVersion::parse(std::string_view text) {
  std::string_view rest = trim(text);
  if (rest.starts_with('v')) rest.remove_prefix(1);
  size_t end = rest.find_first_not_of("0123456789.");
  std::string_view numbers = trim_right(rest.substr(0, end), ".");
  if (numbers.empty()) return fail(Code::kInvalid, "could not parse {} as version", quote(text));
  auto parts = split(numbers, '.');
  if (parts.size() < 2) return fail(Code::kInvalid, "illegal version string {}", quote(text));
  for (std::string_view part : parts) {
    if (!all_digits(part)) return fail(Code::kInvalid, "could not parse {} as version", quote(text));
    if (part.size() > 1 && part[0] == '0') {
      return fail(Code::kInvalid, "illegal zero-prefixed version component {} in {}", quote(part), quote(text));
    }
  }
  KubeVersion out;
  out.version = text.starts_with('v') ? std::string(text) : "v" + std::string(text);
  out.normalized = "v" + std::string(numbers);
  out.major = parts[0];
  out.minor = parts[1];
  return out;
}

std::span<const std::string_view> known_api_versions() { return kKnownVersions; }

Capabilities default_capabilities(Compat compat) {
  Capabilities out;
  std::string minor = compat == Compat::kHelm41 ? "35" : "36";
  out.kube_version.version = out.kube_version.normalized = "v1." + minor + ".0";
  out.kube_version.major = "1";
  out.kube_version.minor = minor;
  out.api_versions.assign(kKnownVersions.begin(), kKnownVersions.end());
  out.helm_version = compat == Compat::kHelm41 ? "v4.1.4" : "v4.2.4";
  return out;
}

}  // namespace taut::helm
