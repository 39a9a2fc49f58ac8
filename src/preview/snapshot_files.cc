#include "preview/snapshot.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::preview {
namespace {

// A dump of a whole cluster is large; what bounds it is memory.
constexpr size_t kLargestFile = size_t{2} << 30;

bool is_manifest(std::string_view name) { return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"); }

// "PodList" is one of Pods, "List" of anything.
std::string_view item_kind(const Value& list) {
  std::string_view kind = list["kind"].as_string();
  return list["items"].is_list() && kind.ends_with("List") ? kind.substr(0, kind.size() - 4) : std::string_view();
}

bool is_list(const Value& object) { return object["items"].is_list() && object["kind"].as_string().ends_with("List"); }

class FileReader {
 public:
  FileReader(const ReadOptions& options, Snapshot& out) : options_(options), out_(out) {}

  void read(std::string_view text, const std::string& file) {
    if (file.ends_with(".json")) {
      auto parsed = parse_json(text);
      if (!parsed) return trouble(file, parsed.error());
      return add(std::move(*parsed), file);
    }
    auto documents = parse_yaml(text, {.split = YamlSplit::kKubernetes, .max_bytes = kLargestFile});
    if (!documents) return trouble(file, documents.error());
    for (Document& document : *documents)
      if (!document.empty) add(std::move(document.root), fmt::format("{}:{}", file, document.place("").line));
  }

 private:
  void trouble(const std::string& file, const Error& error) {
    uint32_t line = error.position().line;
    out_.troubles.push_back({line != 0 ? fmt::format("{}:{}", file, line) : file, error.message()});
  }

  void add(Value object, const std::string& place) {
    if (is_list(object)) return add_items(object, place);
    if (object["apiVersion"].as_string().empty() || object["kind"].as_string().empty()) {
      out_.troubles.push_back({place, "no Kubernetes object: it has no apiVersion or no kind"});
      return;
    }
    if (!options_.secrets && object["kind"].as_string() == "Secret" && object["apiVersion"].as_string() == "v1") {
      out_.left_out["Secret"] = "as asked";
      return;
    }
    out_.objects.push_back(std::move(object));
  }

  // Items of a typed list may leave out what the list says for all of them.
  void add_items(const Value& list, const std::string& place) {
    std::string_view kind = item_kind(list);
    size_t number = 0;
    for (Value item : list["items"].items()) {
      if (item.is_map() && !kind.empty()) {
        if (!item.contains("kind")) item.set("kind", kind);
        if (!item.contains("apiVersion")) item.set("apiVersion", list["apiVersion"]);
      }
      add(std::move(item), fmt::format("{} item {}", place, ++number));
    }
  }

  const ReadOptions& options_;
  Snapshot& out_;
};

Status walk(const Tree& tree, const std::string& folder, FileReader& reader, Snapshot& out) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    std::string path = folder.empty() ? entry.name : folder + '/' + entry.name;
    if (entry.type == TreeEntry::Type::kFolder) {
      if (!entry.name.starts_with('.')) TAUT_TRY(walk(tree, path, reader, out));
      continue;
    }
    if (!is_manifest(entry.name)) continue;
    auto text = tree.read(path);
    if (text)
      reader.read(**text, path);
    else
      out.troubles.push_back({path, text.error().message()});
  }
  return {};
}

}  // namespace

void read_text(std::string_view text, const std::string& file, const ReadOptions& options, Snapshot& out) {
  FileReader(options, out).read(text, file);
}

Result<Snapshot> read_folder(const Tree& tree, const ReadOptions& options) {
  Snapshot out;
  FileReader reader(options, out);
  TAUT_TRY(walk(tree, "", reader, out));
  return out;
}

}  // namespace taut::preview
