#include <algorithm>
#include <map>

#include "base/strings.hh"
#include "helm/chart.hh"
#include "helm/ignore.hh"
#include "helm/typed_reader.hh"
#include "helm/values_file.hh"
#include "tree/archive.hh"
#include "tree/path.hh"

namespace taut::helm {

namespace {

FileText without_bom(FileText text) {
  if (!text->starts_with("\xEF\xBB\xBF")) return text;
  return std::make_shared<const std::string>(text->substr(3));
}

Failure wrap(Error error, std::string prefix) {
  prefix += error.message();
  return fail(std::move(error).with_message(std::move(prefix)));
}

std::string_view extension(std::string_view name) {
  size_t dot = name.rfind('.');
  return dot == std::string_view::npos || name.find('/', dot) != std::string_view::npos ? std::string_view()
                                                                                         : name.substr(dot);
}

// Reads a folder as helm walks it: names in order within each folder, links followed.
class FolderReader {
 public:
  // `what`: how errors call the chart before its name, "decompressed " for what was packed.
  FolderReader(const Tree& tree, IgnoreRules rules, const ChartLimits& limits, std::string_view what)
      : tree_(tree), rules_(std::move(rules)), limits_(limits), what_(what) {}

  Status read(const std::string& folder) {
    if (++depth_ > 100) return fail(Code::kLimit, "{}: folders are nested too deeply", folder);
    TAUT_ASSIGN(auto entries, tree_.list(folder));
    for (const TreeEntry& entry : entries) {
      // Links may lead to the folders that they are in.
      if (++entries_ > limits_.files) return fail(Code::kLimit, "{}chart has more than {} files", what_, limits_.files);
      std::string path = join_path(folder, entry.name);
      if (entry.type == TreeEntry::Type::kSubmodule) continue;
      bool is_folder = entry.type == TreeEntry::Type::kFolder;
      if (entry.type == TreeEntry::Type::kSymlink) is_folder = tree_.list(path).has_value();
      if (rules_.ignores(path, is_folder)) continue;
      TAUT_TRY(is_folder ? read(path) : add(std::move(path)));
    }
    --depth_;
    return {};
  }

  std::vector<ChartFile> files;

 private:
  Status add(std::string path) {
    auto text = tree_.read(path);
    if (!text) return wrap(std::move(text).error(), fmt::format("error reading {}: ", path));
    if ((*text)->size() > limits_.file) {
      return fail(Code::kLimit, "{}chart file {} is larger than the maximum file size {}", what_,
                  quote(what_.empty() ? base_name(path) : path), limits_.file);
    }
    total_ += (*text)->size();
    if (total_ > limits_.total) {
      return fail(Code::kLimit, "{}chart is larger than the maximum size {}", what_.empty() ? "the " : what_, limits_.total);
    }
    files.push_back({std::move(path), without_bom(std::move(*text))});
    return {};
  }

  const Tree& tree_;
  IgnoreRules rules_;
  const ChartLimits& limits_;
  const std::string_view what_;
  uint64_t total_ = 0;
  size_t depth_ = 0, entries_ = 0;
};

// What a chart and all that are packed in it have taken so far.
struct Taken {
  uint64_t unpacked = 0;
  size_t values = 0;
};

// The archive as a tree, refused in helm's words.
Result<TreePtr> unpack(std::string_view bytes, const ChartLimits& limits) {
  auto tree = read_archive(bytes, {.file = limits.total, .total = limits.total + (16ull << 20), .entries = limits.files});
  if (tree) return tree;
  Error error = tree.error();
  if (error.code() == Code::kForbidden && contains(error.message(), "illegal path"))
    error = std::move(error).with_message("chart illegally references parent directory");
  if (error.code() == Code::kLimit && contains(error.message(), "MiB"))
    error = std::move(error).with_message(fmt::format("decompressed chart is larger than the maximum size {}", limits.total));
  return fail(std::move(error));
}

// Makes a chart of its files, and of the files in its charts/ the charts there.
// What helm reads of a Chart.yaml to find out which loader is for it.
Status check_chart_base(std::string_view text) {
  TAUT_ASSIGN(Value object, read_yaml(text));
  TypedReader reader("chartBase");
  std::string api_version;
  if (reader.map(object, "loader.chartBase")) reader.text(object, "apiVersion", api_version);
  return reader.status();
}

Status check_chart_base(const std::vector<ChartFile>& files) {
  for (const ChartFile& file : files) {
    if (file.name != "Chart.yaml") continue;
    if (Status status = check_chart_base(*file.text); !status) return wrap(std::move(status).error(), "cannot load Chart.yaml: ");
  }
  return {};
}

class Loader {
 public:
  Loader(const ChartLimits& limits, size_t depth, Taken& taken) : limits_(limits), depth_(depth), taken_(taken) {}

  Result<ChartPtr> load(std::vector<ChartFile> files) {
    if (depth_ > limits_.depth) return fail(Code::kLimit, "charts are nested more than {} deep", limits_.depth);
    TAUT_TRY(read_chart_yaml(files));
    for (ChartFile& file : files) TAUT_TRY(sort_in(std::move(file)));
    if (!has_metadata_) return fail(Code::kInvalid, "Chart.yaml file is missing");
    TAUT_TRY(check_metadata(chart_->metadata));
    for (auto& [name, parts] : charts_) TAUT_TRY(add_chart(name, std::move(parts)));
    return ChartPtr(std::move(chart_));
  }

  static Result<ChartPtr> load_archive(std::string_view bytes, const ChartLimits& limits, size_t depth, Taken& taken) {
    constexpr size_t kHeader = 10;
    if (bytes.size() < kHeader) return fail(Code::kInvalid, "{}", bytes.empty() ? "EOF" : "unexpected EOF");
    if (!bytes.starts_with("\x1f\x8b")) return fail(Code::kInvalid, "gzip: invalid header");
    TAUT_ASSIGN(TreePtr tree, unpack(bytes, limits));
    FolderReader reader(*tree, IgnoreRules(), limits, "decompressed ");
    TAUT_TRY(reader.read(""));
    if (reader.files.empty()) return fail(Code::kInvalid, "no files in chart archive");
    // The archive holds one folder, whatever its name.
    for (ChartFile& file : reader.files) {
      taken.unpacked += file.text->size();
      if (file.name == "Chart.yaml") return fail(Code::kInvalid, "chart yaml not in base directory");
      size_t slash = file.name.find('/');
      if (slash == std::string::npos) {
        return fail(Code::kInvalid, "chart illegally contains content outside the base directory: {}",
                    quote(file.name));
      }
      file.name.erase(0, slash + 1);
    }
    if (taken.unpacked > limits.unpacked)
      return fail(Code::kLimit, "decompressed charts within charts are larger than the maximum size {}", limits.unpacked);
    if (depth == 0) TAUT_TRY(check_chart_base(reader.files));
    return Loader(limits, depth, taken).load(std::move(reader.files));
  }

 private:
  Status read_chart_yaml(const std::vector<ChartFile>& files) {
    for (const ChartFile& file : files) {
      if (file.name != "Chart.yaml") continue;
      has_metadata_ = true;
      if (Status status = read_metadata(*file.text, chart_->metadata); !status) {
        bool checked = status.error().message().starts_with("validation: ");
        return checked ? status : wrap(std::move(status).error(), "cannot load Chart.yaml: ");
      }
      if (chart_->metadata.api_version.empty()) chart_->metadata.api_version = "v1";
      chart_->raw.push_back(file);
    }
    return {};
  }

  Status sort_in(ChartFile file) {
    std::string_view name = file.name;
    if (name == "Chart.yaml") return {};
    if (name == "Chart.lock") return read_lock_file(file);
    if (name == "values.yaml") return read_values_file(std::move(file));
    if (name == "values.schema.json") return chart_->schema = std::move(file.text), Status();
    if (name == "requirements.yaml") return read_requirements(std::move(file));
    if (name == "requirements.lock") {
      TAUT_TRY(read_lock_file(file));
      if (chart_->metadata.api_version == "v1") chart_->files.push_back(std::move(file));
      return {};
    }
    if (name.starts_with("templates/")) return chart_->templates.push_back(std::move(file)), Status();
    if (name.starts_with("charts/") && extension(name) != ".prov") return sort_in_chart(std::move(file));
    chart_->files.push_back(std::move(file));
    return {};
  }

  Status read_lock_file(const ChartFile& file) {
    auto lock = read_lock(*file.text);
    if (!lock) return wrap(std::move(lock).error(), fmt::format("cannot load {}: ", file.name));
    chart_->lock = std::move(*lock);
    return {};
  }

  Status read_values_file(ChartFile file) {
    taken_.values += values_bound(*file.text);
    if (taken_.values > limits_.values) return fail(Code::kLimit, "cannot load values.yaml: there are more than {} values", limits_.values);
    auto values = read_values(*file.text);
    if (!values) return wrap(std::move(values).error(), "cannot load values.yaml: ");
    chart_->values = std::move(*values);
    chart_->raw.push_back(std::move(file));
    return {};
  }

  Status read_requirements(ChartFile file) {
    has_metadata_ = true;
    bool first_version = chart_->metadata.api_version == "v1";
    if (!first_version) {
      chart_->warnings.push_back(
          "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend migrating "
          "dependencies to Chart.yaml.");
    }
    if (Status status = read_metadata(*file.text, chart_->metadata); !status) {
      return wrap(std::move(status).error(), "cannot load requirements.yaml: ");
    }
    if (first_version) chart_->files.push_back(std::move(file));
    return {};
  }

  Status sort_in_chart(ChartFile file) {
    std::string_view rest = std::string_view(file.name).substr(7), folder, below;
    if (cut(rest, "/", folder, below)) {
      charts_[std::string(folder)].push_back({std::string(below), std::move(file.text)});
    } else if (extension(rest) == ".tgz") {
      charts_[std::string(rest)].push_back({"", std::move(file.text)});
    }
    return {};
  }

  Status add_chart(const std::string& name, std::vector<ChartFile> parts) {
    if (name.starts_with('_') || name.starts_with('.')) return {};
    const std::string& parent = chart_->metadata.name;
    Result<ChartPtr> chart = [&]() -> Result<ChartPtr> {
      if (extension(name) != ".tgz") return Loader(limits_, depth_ + 1, taken_).load(std::move(parts));
      if (!parts[0].name.empty()) {
        return fail(Code::kInvalid, "error unpacking subchart tar in {}: expected {}, got {}/{}", parent, name, name,
                    parts[0].name);
      }
      return load_archive(*parts[0].text, limits_, depth_ + 1, taken_);
    }();
    if (!chart) {
      return wrap(std::move(chart).error(), fmt::format("error unpacking subchart {} in {}: ", name, parent));
    }
    chart_->charts.push_back(std::move(*chart));
    return {};
  }

  const ChartLimits& limits_;
  size_t depth_;
  Taken& taken_;
  std::shared_ptr<Chart> chart_ = std::make_shared<Chart>();
  bool has_metadata_ = false;
  std::map<std::string, std::vector<ChartFile>> charts_;
};

}  // namespace

namespace {

Result<std::vector<ChartFile>> read_folder(const Tree& tree, const ChartLimits& limits) {
  std::string ignore;
  if (auto file = tree.read(".helmignore")) ignore = **file;
  TAUT_ASSIGN(IgnoreRules rules, IgnoreRules::parse(ignore));
  FolderReader reader(tree, std::move(rules), limits, "");
  TAUT_TRY(reader.read(""));
  return std::move(reader.files);
}

}  // namespace

Result<ChartPtr> load_chart(const Tree& tree, const ChartLimits& limits) {
  TAUT_ASSIGN(auto files, read_folder(tree, limits));
  TAUT_TRY(check_chart_base(files));
  Taken taken;
  return Loader(limits, 0, taken).load(std::move(files));
}

Result<ChartPtr> load_v2_chart(const Tree& tree) {
  const ChartLimits limits;
  TAUT_ASSIGN(auto files, read_folder(tree, limits));
  Taken taken;
  return Loader(limits, 0, taken).load(std::move(files));
}

Result<ChartPtr> load_chart_archive(std::string_view bytes, const ChartLimits& limits) {
  Taken taken;
  return Loader::load_archive(bytes, limits, 0, taken);
}

size_t values_bound(std::string_view text) {
  constexpr std::string_view kStarts = "\n,:[{?";
  return 1 + static_cast<size_t>(std::count_if(text.begin(), text.end(), [&](char c) { return kStarts.find(c) != std::string_view::npos; }));
}

bool is_crd_file(const ChartFile& file) {
  if (!file.name.starts_with("crds/")) return false;
  std::string type = to_lower(extension(file.name));
  return type == ".yaml" || type == ".yml" || type == ".json";
}

}  // namespace taut::helm
