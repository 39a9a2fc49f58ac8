#include "render/flux.hh"

#include "base/strings.hh"
#include "kustomize/flux.hh"
#include "kustomize/loader.hh"
#include "tree/path.hh"

namespace taut::render {
namespace {

bool tells_its_step(std::string_view message) {
  for (std::string_view start : {"post build failed", "decryption failed for", "error decrypting sources"})
    if (message.starts_with(start)) return true;
  return message.ends_with(kustomize::kDecryptionRequired);
}

Result<sops::Keys> read_keys(const Value& secret) {
  sops::Keys out;
  for (const Entry& entry : secret["data"].entries())
    if (auto done = out.import(entry.key(), entry.value.str()); !done)
      return fail(Code::kInvalid, "failed to import '{}' data from sops decryption Secret '{}': {}", entry.key(), secret["name"].as_string(),
                  done.error().message());
  return out;
}

}  // namespace

Result<Rendered> render_flux(const RenderInput& input, const Source& source) {
  std::string folder = kustomize::join_clean("", source.path);  // what leads out of the artifact is cut off, as securejoin does
  auto entry = folder.empty() ? Result<TreeEntry>(TreeEntry{.name = {}, .type = TreeEntry::Type::kFolder}) : input.tree->stat(folder);
  if (!entry && entry.error().code() == Code::kNotFound)
    return fail(Code::kNotFound, "kustomization path not found: stat {}: no such file or directory", folder);
  if (!entry) return Failure(entry.error());
  if (entry->type == TreeEntry::Type::kFile) return fail(Code::kNotFound, "kustomization path is not a directory: {}", folder);
  kustomize::FluxOptions options;
  if (source.parameters["remoteBases"].as_bool(true)) options.remotes = input.remotes;
  TAUT_ASSIGN(options.keys, read_keys(source.parameters["decryption"]));
  for (const Value& map : source.parameters["variables"].items()) options.variables.push_back(map);
  auto built = kustomize::build_flux(input.tree, folder, source.parameters["flux"], options);
  if (Status plain = built ? kustomize::check_decrypted(*built) : Status(); !plain) built = fail(plain.error());
  if (!built) {
    std::string message = built.error().message();
    if (!tells_its_step(message)) message = "kustomize build failed: " + message;
    return fail(Error(built.error()).with_message(std::move(message)));
  }
  Rendered out;
  out.depends_on_cluster = false;
  for (auto& resource : built->resources) {
    std::string file = resource.file.empty() ? built->kustomization : resource.file;
    out.objects.push_back({std::move(resource.object), {.file = std::move(file), .line = resource.line}});
  }
  for (const std::string& warning : built->warnings)
    out.warnings.push_back({Warning::Kind::kSkippedFile, warning, {.file = built->kustomization}});
  return out;
}

}  // namespace taut::render
