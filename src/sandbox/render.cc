#include "sandbox/render.hh"

#include "base/strings.hh"
#include "sandbox/custom.hh"
#include "value/json.hh"
#include "yaml/writer.hh"

namespace taut::sandbox {
namespace {

struct MediaRange {
  std::string type;
  std::string as, group, version, stream;
};

MediaRange parse_range(std::string_view text) {
  MediaRange out;
  bool first = true;
  for (std::string_view part : split(text, ';')) {
    part = trim(part);
    std::string_view name = part, value;
    if (first) {
      out.type = to_lower(part);
    } else if (cut(part, "=", name, value)) {
      if (name == "as") out.as = value;
      if (name == "g") out.group = value;
      if (name == "v") out.version = value;
      if (name == "stream") out.stream = value;
    }
    first = false;
  }
  return out;
}

// Whether this range can be served, and as what.
bool choose(const MediaRange& range, bool watching, Accepted& out) {
  bool any = range.type == "*/*" || range.type == "application/*";
  bool yaml = range.type == "application/yaml";
  if (!any && !yaml && range.type != "application/json") return false;
  if (yaml && watching) return false;
  Shape shape = Shape::kPlain;
  if (!range.as.empty()) {
    if (range.group != "meta.k8s.io" || (range.version != "v1" && range.version != "v1beta1")) return false;
    if (range.as == "Table") shape = Shape::kTable;
    else if (range.as == "PartialObjectMetadata") shape = Shape::kPartial;
    else if (range.as == "PartialObjectMetadataList") shape = Shape::kPartialList;
    else return false;
    out.api_version = range.group + '/' + range.version;
  }
  out.yaml = yaml;
  out.shape = shape;
  out.content_type = yaml ? "application/yaml" : "application/json";
  return true;
}

// The metadata alone, as the internal form of the object has it: what only lives in one version is not there.
Value partial(const Value& object, const Accepted& accepted) {
  Value meta = object["metadata"];
  constexpr const char* kTemplateGeneration = "deprecated.daemonset.template.generation";
  if (meta["annotations"].contains(kTemplateGeneration)) {
    meta.edit("annotations").erase(kTemplateGeneration);
    if (meta["annotations"].empty()) meta.erase("annotations");
  }
  return Value::map({{"apiVersion", accepted.api_version}, {"kind", "PartialObjectMetadata"}, {"metadata", std::move(meta)}});
}

Value table_columns(const Resource& resource) {
  Value out = Value::list();
  auto add = [&](const kinds::Column& c) {
    out.push_back(Value::map({{"name", c.name}, {"type", c.type}, {"format", c.format}, {"description", c.description}, {"priority", c.priority}}));
  };
  if (resource.custom)
    for (const auto& c : resource.custom->columns()) add(c);
  else
    for (const auto& c : kinds::table_columns(resource.gvk())) add(c);
  return out;
}

Value table_row(const Cluster& cluster, const Resource& resource, const Value& object, const Accepted& accepted) {
  auto cells = resource.custom ? resource.custom->row(object, cluster.now()) : kinds::table_row(resource.gvk(), object, cluster.now());
  Value list = Value::list();
  for (Value& cell : cells) list.push_back(std::move(cell));
  Value row = Value::map({{"cells", std::move(list)}});
  if (accepted.include_object == "Metadata") row.set("object", partial(object, accepted));
  if (accepted.include_object == "Object") row.set("object", object);
  if (accepted.include_object == "None") row.set("object", Value());
  return row;
}

Value table(const Cluster& cluster, const Resource& resource, const std::vector<Value>& objects, const Value& meta,
            const Accepted& accepted, bool columns) {
  Value rows = Value::list();
  rows.reserve(objects.size());
  for (const Value& object : objects) rows.push_back(table_row(cluster, resource, object, accepted));
  return Value::map({{"apiVersion", accepted.api_version}, {"kind", "Table"}, {"metadata", meta},
                     {"columnDefinitions", columns ? table_columns(resource) : Value()}, {"rows", std::move(rows)}});
}

// Built-in kinds leave out the type of each item.
Value listed_form(const Resource& resource, Value object) {
  if (resource.custom) return object;
  object.erase("apiVersion");
  object.erase("kind");
  return object;
}

bool stored_form(const Resource& resource) { return !resource.custom && resource.stored_as == resource.gvk(); }

}  // namespace

ApiResult<Accepted> negotiate(std::string_view accept, const Query& query, bool watching) {
  Accepted out;
  bool found = trim(accept).empty();
  if (!found)
    for (std::string_view part : split(accept, ','))
      if (choose(parse_range(part), watching, out)) {
        found = true;
        break;
      }
  if (query.has("includeObject") && !query.get("includeObject").empty()) out.include_object = query.get("includeObject");
  if (found) return out;
  bool table = contains(accept, "as=");
  std::string types = watching ? "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"
                               : "application/json, application/yaml, application/vnd.kubernetes.protobuf";
  bool known = watching || table || contains(accept, "application/json") || contains(accept, "application/yaml");
  if (known) return ApiFailure(ApiError{406, "NotAcceptable", "only the following media types are accepted: " + types, {}});
  return ApiFailure(ApiError{406, "NotAcceptable", "406: Not Acceptable\n\nAvailable representations: " + types, Value::map()});
}

Response object_response(int code, const Value& object, const Accepted& accepted) {
  Response out;
  out.code = code;
  out.content_type = accepted.yaml ? "application/yaml" : "application/json";
  out.body = accepted.yaml ? to_yaml(object) : to_json(object);
  return out;
}

Response error_response(const ApiError& error, const Accepted& accepted) {
  Response out = object_response(error.code, error.status(), accepted);
  if (error.retry_after > 0) out.headers.emplace_back("Retry-After", std::to_string(error.retry_after));
  return out;
}

Response item_response(const Cluster& cluster, const Resource& resource, int code, const ItemPtr& item,
                       const Accepted& accepted) {
  if (accepted.shape == Shape::kPlain && !accepted.yaml && stored_form(resource)) {
    Response out;
    out.code = code;
    out.shared = item->json();
    return out;
  }
  Value object = to_version(resource, item->object());
  switch (accepted.shape) {
    case Shape::kTable: {
      Value meta = Value::map({{"resourceVersion", object["metadata"]["resourceVersion"]}});
      object = table(cluster, resource, {object}, meta, accepted, true);
      break;
    }
    case Shape::kPartial:
    case Shape::kPartialList: object = partial(object, accepted); break;
    case Shape::kPlain: break;
  }
  return object_response(code, object, accepted);
}

namespace {

// A list whose items are sent as they are stored: never in memory as a whole.
class ListStream : public Stream {
 public:
  ListStream(std::string head, std::vector<EncodedPtr> texts) : head_(std::move(head)), texts_(std::move(texts)) {
    length_ = head_.size() + 2 + (texts_.empty() ? 0 : texts_.size() - 1);
    for (const EncodedPtr& text : texts_) length_ += untyped_size(*text);
  }
  std::optional<size_t> length() const override { return length_; }
  State read(std::string& out) override {
    if (at_ == 0) out += head_;
    for (; at_ < texts_.size() && out.size() < kPiece; ++at_) {
      if (at_ != 0) out += ',';
      fetch_ahead();
      append_untyped_json(*texts_[at_], out);
      texts_[at_].reset();
    }
    if (at_ < texts_.size()) return State::kMore;
    out += "]}";
    return State::kEnd;
  }
  void set_waker(std::function<void()>) override {}

 private:
  static constexpr size_t kPiece = 128 * 1024, kAhead = 4, kLine = 64;

  // The texts lie all over the memory: asked for early, they are there when their turn comes.
  void fetch_ahead() const {
    if (at_ + kAhead >= texts_.size()) return;
    const std::string& text = texts_[at_ + kAhead]->text;
    for (size_t i = 0; i < text.size() && i < 8 * kLine; i += kLine) __builtin_prefetch(text.data() + i);
  }

  std::string head_;
  std::vector<EncodedPtr> texts_;
  size_t at_ = 0, length_ = 0;
};

void append_joined(const std::vector<EncodedPtr>& texts, std::string& out) {
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i != 0) out += ',';
    append_untyped_json(*texts[i], out);
  }
}

constexpr size_t kLongList = 200;  // items; shorter ones are made at once

}  // namespace

bool listed_as_stored(const Resource& resource, const Accepted& accepted) {
  return accepted.shape == Shape::kPlain && stored_form(resource);
}

Response list_response(const Cluster& cluster, const Resource& resource, Listed listed, const Value& list_meta,
                       const Accepted& accepted) {
  bool partials = accepted.shape == Shape::kPartialList || accepted.shape == Shape::kPartial;
  const std::vector<ItemPtr>& items = listed.items;
  if (accepted.shape == Shape::kTable) {
    std::vector<Value> objects;
    for (const ItemPtr& item : items) objects.push_back(to_version(resource, item->object()));
    return object_response(200, table(cluster, resource, objects, list_meta, accepted, true), accepted);
  }
  Response out;
  std::string kind = partials ? "PartialObjectMetadataList" : resource.list_kind;
  std::string api_version = partials ? accepted.api_version : resource.gvk().api_version();
  std::string& text = out.body;
  text = fmt::format("{{\"kind\":\"{}\",\"apiVersion\":\"{}\",\"metadata\":", kind, api_version);
  Value meta = list_meta;
  if (resource.custom && !partials && !meta.contains("continue")) meta.set("continue", "");
  append_json(meta, text);
  // An empty list of metadata is nil in the real server.
  text += partials && items.empty() ? ",\"items\":null" : ",\"items\":[";
  if (listed_as_stored(resource, accepted)) {
    for (const ItemPtr& item : items) listed.texts.push_back(item->encoded());
    if (!accepted.yaml && listed.texts.size() >= kLongList) {
      out.stream = std::make_unique<ListStream>(std::exchange(text, {}), std::move(listed.texts));
      return out;
    }
    append_joined(listed.texts, text);
  } else {
    bool first = true;
    for (const ItemPtr& item : items) {
      if (!std::exchange(first, false)) text += ',';
      Value object = to_version(resource, item->object());
      append_json(partials ? partial(object, accepted) : listed_form(resource, std::move(object)), text);
    }
  }
  text += partials && items.empty() ? "}" : "]}";
  if (accepted.yaml)
    if (auto parsed = parse_json(text)) return object_response(200, *parsed, accepted);
  return out;
}

void append_watch_object(const Cluster& cluster, const Resource& resource, const ItemPtr& item,
                         const Accepted& accepted, bool first, std::string& out) {
  if (accepted.shape == Shape::kPlain && stored_form(resource)) {
    out += *item->json();
    return;
  }
  Value object = to_version(resource, item->object());
  if (accepted.shape == Shape::kTable) {
    Value meta = Value::map({{"resourceVersion", object["metadata"]["resourceVersion"]}});
    object = table(cluster, resource, {object}, meta, accepted, first);
  } else if (accepted.shape != Shape::kPlain) {
    object = partial(object, accepted);
  }
  append_json(object, out);
}

}  // namespace taut::sandbox
