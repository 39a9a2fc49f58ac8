#include "render/manifests.hh"

#include "base/strings.hh"
#include "object/id.hh"
#include "tree/path.hh"
#include "value/go_text.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::render {

namespace {

// Reads the documents of one file, in order, as far as they go.
class FileReader {
 public:
  FileReader(std::string_view path, std::string_view text) : path_(path), text_(text) {}

  // What is wrong with the first document that is no object; the ones before it are in `objects`.
  Status read_yaml() {
    YamlOptions options{.split = YamlSplit::kKubernetes, .reject_duplicate_keys = false};
    auto documents = parse_yaml(text_, options);
    if (documents) return add_documents(*documents);
    // Documents before the broken one count, as they do for a reader that takes one after the other.
    if (auto before = parse_yaml(part_before(documents.error().position().line), options))
      TAUT_TRY(add_documents(*before));
    Position position = documents.error().position();
    position.file = path_;
    Error error(documents.error().code(),
                fmt::format("error converting YAML to JSON: {}", documents.error().message()));
    return fail(std::move(error).at(std::move(position)));
  }

  Status add_documents(const std::vector<Document>& documents) {
    for (uint32_t i = 0; i < documents.size(); ++i) {
      const Document& document = documents[i];
      if (document.empty || document.root.is_null()) continue;
      TAUT_TRY(check_kind(document, "", document.root));
      ++decoded;
      TAUT_TRY(add_object(document, i));
    }
    return {};
  }

  std::vector<RenderedObject> objects;
  size_t decoded = 0;  // documents, Lists not yet taken apart

 private:
  std::string_view part_before(uint32_t line) const {
    size_t end = 0, at = 0;
    for (uint32_t number = 1; number <= line && at < text_.size(); ++number) {
      if (text_.substr(at).starts_with("---")) end = at;
      size_t next = text_.find('\n', at);
      at = next == text_.npos ? text_.size() : next + 1;
    }
    return text_.substr(0, end);
  }

  Failure refuse(const Document& document, std::string_view pointer, std::string message) const {
    Position position = document.position(pointer, path_);
    if (position.line == 0) position.line = document.first_line;
    return fail(Error(Code::kInvalid, std::move(message)).at(std::move(position)));
  }

  Status check_kind(const Document& document, const std::string& pointer, const Value& object) const {
    if (!object.is_map()) {
      return refuse(document, pointer,
                    fmt::format("json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                                go_json_kind(object)));
    }
    if (object["kind"].as_string().empty()) return refuse(document, pointer, "Object 'Kind' is missing");
    return {};
  }

  Status check_object(const Document& document, const std::string& pointer, const Value& object) const {
    TAUT_TRY(check_kind(document, pointer, object));
    std::string_view kind = object["kind"].as_string();
    if (object["apiVersion"].as_string().empty()) {
      return refuse(document, pointer, fmt::format("{}: Object 'apiVersion' is missing", kind));
    }
    const Value& name = object["metadata"]["name"];
    if (!name.is_null() && !name.is_string()) {
      return refuse(document, pointer + "/metadata/name",
                    fmt::format("{}: metadata.name is a {}, not a string", kind, kind_name(name.kind())));
    }
    if (name_of(object).empty() && object["metadata"]["generateName"].as_string().empty()) {
      return refuse(document, pointer + "/metadata", fmt::format("{}: resource name may not be empty", kind));
    }
    return {};
  }

  Status add_object(const Document& document, uint32_t index) {
    const Value* items = document.root.find("items");
    if (items != nullptr && items->is_list()) {
      for (size_t i = 0; i < items->size(); ++i) {
        std::string pointer = fmt::format("/items/{}", i);
        const Value& item = (*items)[i];
        if (!item.is_map())
          return refuse(document, pointer, fmt::format("items member is not an object: {}", go_json_kind(item)));
        TAUT_TRY(add(document, index, pointer, item));
      }
      return {};
    }
    // A List written with nothing in it; what has a spec or status is an object of its own that has such a field.
    bool null_list = items != nullptr && items->is_null() && !document.root.contains("spec") &&
                     !document.root.contains("status");
    if (null_list) return {};
    return add(document, index, "", document.root);
  }

  Status add(const Document& document, uint32_t index, const std::string& pointer, const Value& object) {
    TAUT_TRY(check_object(document, pointer, object));
    Place place = document.place(pointer);
    uint32_t line = place.known() ? place.line : document.first_line;
    objects.push_back({object, {std::string(path_), line, index, pointer}});
    return {};
  }

  std::string_view path_;
  std::string_view text_;
};

Failure unmarshal_error(std::string_view path, const Error& reason) {
  Error error(reason.code(), fmt::format("Failed to unmarshal {}: failed to unmarshal manifest: {}",
                                         quote(base_name(path)), reason.message()));
  return fail(std::move(error).at(reason.position()));
}

Warning skipped(std::string_view path, const Error& reason) {
  return {Warning::Kind::kSkippedFile,
          fmt::format("skipped {}: it is no Kubernetes manifest: {}", path, reason.message()), reason.position()};
}

}  // namespace

Result<std::vector<RenderedObject>> read_yaml_manifests(std::string_view path, std::string_view text,
                                                        std::vector<Warning>& warnings) {
  FileReader reader(path, text);
  Status read = reader.read_yaml();
  if (read) return std::move(reader.objects);
  bool manifest = contains(text, "apiVersion:") && contains(text, "kind:") && contains(text, "metadata:");
  if (reader.decoded > 0 || manifest || read.error().code() == Code::kLimit)
    return unmarshal_error(path, read.error());
  warnings.push_back(skipped(path, read.error()));
  return std::vector<RenderedObject>();
}

Result<std::vector<RenderedObject>> read_json_manifests(std::string_view path, std::string_view text,
                                                        std::vector<Warning>& warnings) {
  auto place = [&](const Error& error, std::string message) {
    Position position = error.position();
    position.file = path;
    return fail(Error(Code::kInvalid, std::move(message)).at(std::move(position)));
  };
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  auto json = parse_json(text);
  if (!json) {
    std::string_view name = base_name(path);
    if (json.error().message().find("after top-level value") != std::string::npos) {
      return place(
          json.error(),
          fmt::format("Found multiple objects in {}. Only single objects are allowed in JSON files.", quote(name)));
    }
    return place(json.error(), fmt::format("Failed to unmarshal {}: {}", quote(name), json.error().message()));
  }
  if (json->is_map() && (*json)["kind"].as_string().empty()) {
    Error reason = Error(Code::kInvalid, "Object 'Kind' is missing").at({.file = std::string(path), .line = 1});
    warnings.push_back(skipped(path, reason));
    return std::vector<RenderedObject>();
  }
  // JSON is YAML in flow style, and the YAML reader knows the places.
  auto placed = parse_yaml_document(text, {.reject_duplicate_keys = false});
  std::vector<Document> documents(1);
  if (placed && placed->root == *json) documents[0] = std::move(*placed);
  documents[0].root = std::move(*json);
  FileReader reader(path, text);
  Status read = reader.add_documents(documents);
  if (!read) return unmarshal_error(path, read.error());
  return std::move(reader.objects);
}

}  // namespace taut::render
