#include "render/directory.hh"

#include "base/strings.hh"
#include "lang/glob/glob.hh"
#include "render/manifest_cache.hh"
#include "render/manifests.hh"
#include "tree/path.hh"

namespace taut::render {

namespace {

constexpr std::string_view kSkipMarker = "+argocd:skip-file-rendering";

struct Options {
  bool recurse = false;
  bool any_extension = false;
  std::optional<Glob> include;
  std::optional<Glob> exclude;
  bool include_matches_nothing = false;  // a glob that cannot be compiled matches no file
};

struct ManifestFile {
  std::string path;  // in the repository
  FileText text;
};

Options read_options(const Value& directory, std::vector<Warning>& warnings) {
  Options options;
  options.recurse = directory["recurse"].as_bool();
  options.any_extension = directory["disableExtensionFilter"].as_bool();
  auto compile = [&](std::string_view field, std::optional<Glob>& out) {
    std::string_view pattern = directory[field].as_string();
    if (pattern.empty()) return true;
    auto glob = Glob::compile(pattern);
    if (glob) {
      out = std::move(*glob);
      return true;
    }
    warnings.push_back(
        {Warning::Kind::kSkippedFile,
         fmt::format("failed to compile pattern {} due to error {}", pattern, glob.error().message()),
         {.path = fmt::format(".directory.{}", field)}});
    return false;
  };
  options.include_matches_nothing = !compile("include", options.include);
  compile("exclude", options.exclude);
  return options;
}

bool manifest_name(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json") || name.ends_with(".jsonnet");
}

// Finds and reads the files, keeping count of their size.
class Finder {
 public:
  Finder(const RenderInput& input, const Source& source, const Options& options, Rendered& out)
      : tree_(*input.tree), limits_(input.limits), root_(source.path), options_(options), out_(out) {}

  Status walk(const std::string& folder) {
    TAUT_ASSIGN(auto entries, tree_.list(folder));
    for (const TreeEntry& entry : entries) {
      std::string path = join_path(folder, entry.name);
      if (entry.type == TreeEntry::Type::kFolder) {
        if (options_.recurse) TAUT_TRY(walk(path));
        continue;
      }
      if (entry.type == TreeEntry::Type::kSubmodule || !wanted(path, entry.name)) continue;
      TAUT_TRY(take(path, entry));
    }
    return {};
  }

  std::vector<ManifestFile> files;

 private:
  std::string_view relative(std::string_view path) const {
    return root_.empty() ? path : path.substr(root_.size() + 1);
  }

  bool wanted(std::string_view path, std::string_view name) const {
    if (!options_.any_extension && !manifest_name(name)) return false;
    if (options_.exclude && options_.exclude->matches(relative(path))) return false;
    return !options_.include_matches_nothing && (!options_.include || options_.include->matches(relative(path)));
  }

  void skip(const std::string& path, std::string_view why) {
    out_.warnings.push_back({Warning::Kind::kSkippedFile,
                             fmt::format("skipping manifest file {}: {}", quote(path), why),
                             {.file = path}});
  }

  Status take(const std::string& path, const TreeEntry& entry) {
    auto text = tree_.read(path);
    if (!text && entry.type == TreeEntry::Type::kSymlink && text.error().code() == Code::kNotFound) {
      skip(path, fmt::format("destination of symlink {} is missing or no regular file", quote(relative(path))));
      return {};
    }
    if (!text) {
      Error error = text.error();
      if (error.code() != Code::kForbidden) return Failure(std::move(error));
      std::string message = fmt::format("invalid manifest file {}: {}", quote(path), error.message());
      return fail(std::move(error).with_message(std::move(message)));
    }
    if (contains(**text, kSkipMarker)) return {};
    if (entry.name.ends_with(".jsonnet")) {
      return fail(Error(Code::kUnsupported, fmt::format("Jsonnet file {} cannot be rendered", quote(entry.name)))
                      .at({.file = path})
                      .with_hint("leave it out with `directory.exclude`"));
    }
    size_ += (*text)->size();
    if (limits_.combined_size != 0 && size_ > limits_.combined_size) {
      return fail(Error(Code::kLimit, "exceeded max combined manifest file size").at({.file = path}));
    }
    files.push_back({path, std::move(*text)});
    return {};
  }

  const Tree& tree_;
  const RenderLimits& limits_;
  const std::string& root_;
  const Options& options_;
  Rendered& out_;
  uint64_t size_ = 0;
};

Result<std::vector<RenderedObject>> read_manifests(const RenderInput& input, const ManifestFile& file,
                                                   std::vector<Warning>& warnings) {
  if (input.manifests != nullptr) return input.manifests->read(file.path, *file.text, warnings);
  auto read = file.path.ends_with(".json") ? read_json_manifests : read_yaml_manifests;
  return read(file.path, *file.text, warnings);
}

}  // namespace

Result<Rendered> render_directory(const RenderInput& input, const Source& source) {
  Rendered out;
  out.depends_on_cluster = false;
  Options options = read_options(source.parameters["directory"], out.warnings);
  Finder finder(input, source, options, out);
  // All files are found before any is read as YAML: their size is limited together.
  Status found = finder.walk(source.path);
  if (!found) {
    Error error = found.error();
    if (error.code() == Code::kUnsupported) return Failure(std::move(error));
    std::string message = fmt::format("failed to get potentially valid manifests: {}", error.message());
    return fail(std::move(error).with_message(std::move(message)));
  }
  for (const ManifestFile& file : finder.files) {
    TAUT_ASSIGN(auto objects, read_manifests(input, file, out.warnings));
    std::move(objects.begin(), objects.end(), std::back_inserter(out.objects));
  }
  return out;
}

}  // namespace taut::render
