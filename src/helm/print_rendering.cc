#include <algorithm>

#include "base/strings.hh"
#include "helm/render.hh"
#include "lang/glob/path_match.hh"

namespace taut::helm {

namespace {

void append_source(std::string& out, std::string_view path, std::string_view text) {
  out += "---\n# Source: ";
  out += path;
  out += '\n';
  out += text;
  out += '\n';
}

// The path within the chart that a document's first "# Source: chart/path" names.
std::string_view source_of(std::string_view document) {
  constexpr std::string_view kMark = "# Source: ";
  for (size_t at = document.find(kMark); at != std::string_view::npos; at = document.find(kMark, at + 1)) {
    std::string_view path = document.substr(at + kMark.size());
    path = path.substr(0, path.find('\n'));
    size_t slash = path.find('/');
    if (slash != std::string_view::npos && slash > 0 && slash + 1 < path.size()) return path.substr(slash + 1);
  }
  return {};
}

Result<std::string> only(std::string_view text, const std::vector<std::string>& globs, Compat compat) {
  std::vector<std::string> documents = split_manifests(text, compat);
  std::string out;
  for (const std::string& glob : globs) {
    bool found = false;
    for (const std::string& document : documents) {
      std::string_view source = source_of(document);
      if (source.empty() || !path_match(glob, source).value_or(false)) continue;
      out += "---\n" + document + "\n";
      found = true;
    }
    if (!found) return fail(Code::kNotFound, "could not find template {} in chart", glob);
  }
  return out;
}

// As much as append_source adds, or a little more.
size_t source_size(std::string_view path, std::string_view text) { return path.size() + text.size() + 20; }

void trim_in_place(std::string& text) {
  std::string_view kept = trim(text);
  size_t begin = static_cast<size_t>(kept.data() - text.data());
  text.erase(kept.empty() ? 0 : begin + kept.size());
  if (!kept.empty()) text.erase(0, begin);
}

}  // namespace

Result<std::string> print_rendering(const Rendering& rendering, const PrintOptions& options, Compat compat) {
  size_t size = 1;
  for (const CrdFile& crd : rendering.crds) size += options.include_crds ? source_size(crd.path, *crd.text) : 0;
  for (const Manifest& manifest : rendering.manifests) size += source_size(manifest.path, manifest.text);
  for (const Hook& hook : rendering.hooks) size += source_size(hook.manifest.path, hook.manifest.text);
  std::string out;
  out.reserve(size);
  if (options.include_crds) {
    for (const CrdFile& crd : rendering.crds) append_source(out, crd.path, *crd.text);
  }
  for (const Manifest& manifest : rendering.manifests) append_source(out, manifest.path, manifest.text);
  trim_in_place(out);
  out += '\n';
  for (const Hook& hook : rendering.hooks) {
    bool test = std::find(hook.events.begin(), hook.events.end(), "test") != hook.events.end();
    if (options.no_hooks || (options.skip_tests && test)) continue;
    append_source(out, hook.manifest.path, hook.manifest.text);
  }
  return options.show_only.empty() ? Result<std::string>(std::move(out)) : only(out, options.show_only, compat);
}

}  // namespace taut::helm
