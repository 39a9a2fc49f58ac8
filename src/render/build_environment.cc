#include "render/build_environment.hh"

#include "base/strings.hh"

namespace taut::render {

namespace {

bool is_name(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

BuildEnvironment::BuildEnvironment(const RenderInput& input, const Source& source)
    : values_{{"ARGOCD_APP_NAME", input.application},
              {"ARGOCD_APP_NAMESPACE", input.ns},
              {"ARGOCD_APP_PROJECT_NAME", input.project},
              {"ARGOCD_APP_REVISION", input.revision},
              {"ARGOCD_APP_REVISION_SHORT", input.revision.substr(0, 7)},
              {"ARGOCD_APP_REVISION_SHORT_8", input.revision.substr(0, 8)},
              {"ARGOCD_APP_SOURCE_PATH", source.path},
              {"ARGOCD_APP_SOURCE_REPO_URL", input.source["repoURL"].str()},
              {"ARGOCD_APP_SOURCE_TARGET_REVISION", input.source["targetRevision"].str()},
              {"KUBE_VERSION", input.kube_version},
              {"KUBE_API_VERSIONS", join(input.api_versions, ",")}} {}

Result<std::string> BuildEnvironment::expand(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i++];
      continue;
    }
    size_t from = i + 1, to = from;
    bool braces = text[from] == '{';
    if (braces) {
      to = text.find('}', ++from);
      if (to == std::string_view::npos) return out;
    } else if (text[from] == '$') {
      to = from + 1;
    } else {
      while (to < text.size() && is_name(text[to])) ++to;
    }
    TAUT_ASSIGN(std::string value, find(text.substr(from, to - from)));
    out += value;
    i = to + (braces ? 1 : 0);
  }
  return out;
}

Result<std::string> BuildEnvironment::find(std::string_view name) {
  if (name == "$") return std::string("$");
  auto known = values_.find(name);
  if (known != values_.end()) {
    uses_cluster_ = uses_cluster_ || name.starts_with("KUBE_") || name == "ARGOCD_APP_NAMESPACE";
    uses_revision_ = uses_revision_ || name.starts_with("ARGOCD_APP_REVISION");
    return known->second;
  }
  if (name.starts_with("ARGOCD_APP_"))
    return fail(Code::kUnsupported, "${} is not known while rendering", name);
  return std::string();
}

}  // namespace taut::render
