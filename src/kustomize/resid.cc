#include "kustomize/resid.hh"

#include <fmt/format.h>

#include "base/hash.hh"
#include "base/strings.hh"

namespace taut::kustomize {
namespace {

std::string_view or_word(std::string_view text, std::string_view word) { return text.empty() ? word : text; }

}  // namespace

std::string_view ResId::effective_namespace() const {
  if (cluster_scoped) return kClusterNamespace;
  return ns.empty() ? std::string_view("default") : std::string_view(ns);
}

uint64_t ResId::hash() const {
  uint64_t seed = mix(hash64(name), hash64(gvk.kind));
  seed = mix(seed, hash64(gvk.group));
  return mix(mix(seed, hash64(gvk.version)), hash64(effective_namespace()));
}

std::string gvk_text(const Gvk& gvk) {
  return fmt::format("{}.{}.{}", or_word(gvk.kind, "[noKind]"), or_word(gvk.version, "[noVer]"),
                     or_word(gvk.group, "[noGrp]"));
}

std::string ResId::to_string() const {
  return fmt::format("{}/{}.{}", gvk_text(gvk), or_word(name, "[noName]"), or_word(ns, "[noNs]"));
}

std::string ResId::go_syntax() const {
  return fmt::format(
      "resid.ResId{{Gvk:resid.Gvk{{Group:{}, Version:{}, Kind:{}, isClusterScoped:{}}}, Name:{}, Namespace:{}}}",
      quote(gvk.group), quote(gvk.version), quote(gvk.kind), cluster_scoped, quote(name), quote(ns));
}

bool gvk_selected(const Gvk& gvk, const Gvk& selector) {
  return (selector.group.empty() || selector.group == gvk.group) &&
         (selector.version.empty() || selector.version == gvk.version) &&
         (selector.kind.empty() || selector.kind == gvk.kind);
}

}  // namespace taut::kustomize
