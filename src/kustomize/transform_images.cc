// images: new names, tags and digests. Mirrors ImageTagTransformer of kustomize 5.8.1, including its legacy walk over
// every list called "containers" or "initContainers".
#include <re2/re2.h>

#include <algorithm>
#include <memory>

#include "base/go_regexp.hh"
#include "kustomize/node_text.hh"
#include "kustomize/plugin.hh"
#include "kustomize/selector.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

class ImageTag {
 public:
  static Result<ImageTag> of(const Value& config) {
    ImageTag out;
    out.name_ = config["newName"].str();
    out.tag_ = config["newTag"].str();
    out.digest_ = config["digest"].str();
    out.suffix_ = config["tagSuffix"].str();
    out.plain_ = config["name"].str();
    if (out.plain_.find_first_of("\\+*?()|[]{}^$") == std::string::npos) return out;
    // The name is a piece of the expression, so "nginx.*" matches more than itself.
    auto regex = compile_go_regexp(
        fmt::format("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", config["name"].as_string()));
    if (!regex)
      return fail(Code::kInvalid, "images: name \"{}\": {}", config["name"].as_string(), regex.error().message());
    out.regex_ = std::move(*regex);
    return out;
  }

  bool wants(const Value& node) const {
    if (node.is_map() || node.is_list()) return true;
    if (node.is_null()) return false;
    std::string text = yaml::scalar_text(node);
    return regex_ ? RE2::PartialMatch(text, *regex_) : matches_plain(text);
  }

  Status change(Value& node) const {
    if (node.is_map() || node.is_list()) return set_plain(node, "");
    return set_plain(node, rewrite(yaml::scalar_text(node)));
  }

  // In every list of containers, wherever it is.
  Status walk(Value& node) const {
    if (node.is_list()) {
      for (size_t i = 0; i < node.size(); ++i)
        if (node[i].is_map() || node[i].is_list()) TAUT_TRY(walk(node.edit(i)));
      return {};
    }
    std::vector<std::string> keys;
    for (const Entry& entry : node.entries())
      if (entry.value.is_map() || entry.value.is_list()) keys.push_back(entry.name.str());
    for (const std::string& key : keys) {
      Value& child = node.edit(key);
      TAUT_TRY(walk(child));
      if ((key != "containers" && key != "initContainers") || !child.is_list()) continue;
      for (size_t i = 0; i < child.size(); ++i) {
        if (!child[i].contains("image") || !wants(child[i]["image"])) continue;
        TAUT_TRY(change(child.edit(i).edit("image")));
      }
    }
    return {};
  }

 private:
  // What the expression would match, of which only the point is special: a regular expression is much to compile for
  // the few images of most builds.
  bool matches_plain(std::string_view image) const {
    for (char c : plain_) {
      if (image.empty() || (c == '.' ? image[0] == '\n' : image[0] != c)) return false;
      image.remove_prefix(1);
      while (c == '.' && !image.empty() && (image[0] & 0xC0) == 0x80) image.remove_prefix(1);  // of the same character
    }
    if (image.starts_with(':')) image.remove_prefix(1 + tag_size(image.substr(1)));
    if (image.starts_with("@sha256:")) image.remove_prefix(8 + tag_size(image.substr(8)));
    return image.empty();
  }
  static size_t tag_size(std::string_view text) {
    constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.{}-";
    return std::min(text.find_first_not_of(kCharacters), text.size());
  }

  std::string rewrite(std::string_view image) const {
    std::string name, tag, digest;
    split_image(image, name, tag, digest);
    if (!name_.empty()) name = name_;
    if (!tag_.empty()) {
      tag = tag_;
      digest = digest_;
    } else if (!digest_.empty()) {
      tag.clear();
      digest = digest_;
    } else if (!suffix_.empty()) {
      tag += suffix_;
      digest.clear();
    }
    if (!tag.empty()) name += ":" + tag;
    if (!digest.empty()) name += "@" + digest;
    return name;
  }

  // A colon before the first slash belongs to the registry.
  static void split_image(std::string_view image, std::string& name, std::string& tag, std::string& digest) {
    size_t slash = image.find('/');
    size_t from = slash == std::string_view::npos || slash == 0 ? 0 : slash;
    size_t at = image.find('@', from), colon = image.find(':', from);
    if (colon != std::string_view::npos && at != std::string_view::npos && at < colon) colon = std::string_view::npos;
    name = image.substr(0, std::min(colon, at));
    if (colon != std::string_view::npos)
      tag = image.substr(colon + 1, at == std::string_view::npos ? at : at - colon - 1);
    if (at != std::string_view::npos) digest = image.substr(at + 1);
  }

  std::shared_ptr<const RE2> regex_;  // null where the name is plain
  std::string plain_;
  std::string name_, tag_, digest_, suffix_;
};

bool has_containers(const Value& node) {
  if (node.contains("containers") || node.contains("initContainers")) return true;
  for (const Value& item : node.items())
    if (has_containers(item)) return true;
  for (const Entry& entry : node.entries())
    if (has_containers(entry.value)) return true;
  return false;
}

Status apply_to(Resource& resource, const FieldSpecs& specs, const ImageTag& image) {
  Gvk gvk = resource.gvk();
  if (gvk.kind == "CustomResourceDefinition") return {};
  if (has_containers(resource.object)) TAUT_TRY(image.walk(resource.object));
  FieldVisit visit;
  visit.wants = [&](const Value& node) { return image.wants(node); };
  visit.change = [&](Value& node) { return image.change(node); };
  return visit_fields(resource.object, gvk, specs, visit);
}

}  // namespace

Result<Transform> configure_image_tag(PluginConfig config, const PluginContext&) {
  TAUT_ASSIGN(ImageTag image, ImageTag::of(config.fields["imageTag"]));
  return Transform([specs = std::move(config.specs), image = std::move(image)](ResMap& map) -> Status {
    for (Resource& resource : map) TAUT_TRY(apply_to(resource, specs, image));
    return {};
  });
}

}  // namespace taut::kustomize
