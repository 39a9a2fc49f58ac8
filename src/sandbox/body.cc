#include "sandbox/body.hh"

#include "base/strings.hh"
#include "sandbox/custom.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/meta.hh"
#include "sandbox/protobuf.hh"
#include "sandbox/struct_json.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::sandbox {
namespace {

constexpr std::string_view kAccepted = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

std::string hex(std::string_view text) {
  std::string out;
  for (unsigned char c : text) out += fmt::format("{:02x}", c);
  return out;
}

ApiFailure unrecognized(const Resource& resource, const std::string& why, std::string_view text) {
  std::string shown = text.empty() ? " (<empty>)" : text.size() <= 64 ? fmt::format(" ({})", hex(text)) : "";
  return ApiFailure(bad_request(fmt::format("the object provided is unrecognized (must be of type {}): couldn't get "
                                            "version/kind; json parse error: {}{}",
                                            resource.info.kind, why, shown)));
}

ApiFailure cannot_handle(const Resource& resource, const Gvk& given, std::string_view why) {
  return ApiFailure(bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", given.kind,
                                            given.version, resource.info.kind, why)));
}

// Unknown and duplicate fields, as the request asked for them to be treated.
ApiResult<void> report_strict(const Resource& resource, const std::vector<std::string>& problems, WriteContext& context) {
  if (problems.empty() || context.field_validation == "Ignore") return {};
  constexpr size_t kMost = 100;  // as sigs.k8s.io/json stops there
  if (problems.size() > kMost) return report_strict(resource, {problems.begin(), problems.begin() + kMost}, context);
  if (context.field_validation == "Strict")
    return cannot_handle(resource, resource.gvk(), "strict decoding error: " + join(problems, ", "));
  for (std::string text : problems) {
    // The YAML reader's list of duplicates becomes one warning a line.
    constexpr std::string_view kList = "yaml: unmarshal errors:\n  ";
    if (text.starts_with(kList)) text.erase(0, kList.size());
    context.warnings.push_back(std::move(text));
  }
  return {};
}

ApiResult<void> check_type(const Resource& resource, Value& object, std::string_view text) {
  std::string_view api_version = object["apiVersion"].as_string(), kind = object["kind"].as_string();
  std::string wanted = resource.gvk().api_version();
  if (resource.go != nullptr) {
    if (api_version.empty()) object.set("apiVersion", wanted);
    if (kind.empty()) object.set("kind", resource.info.kind);
  } else if (kind.empty() || api_version.empty()) {
    std::string missing = kind.empty() ? "Kind" : "apiVersion";
    return ApiFailure(bad_request(fmt::format("Object '{}' is missing in '{}'", missing, text)));
  }
  Gvk given = Gvk::of(object);
  if (given == resource.gvk()) return {};
  if (resource.go != nullptr && (given.kind != resource.info.kind || kinds::shape_of(given) == nullptr))
    return cannot_handle(resource, given, no_conversion(resource, given));
  return ApiFailure(bad_request(fmt::format("the API version in the data ({}) does not match the expected API version ({})",
                                            given.api_version(), wanted)));
}

}  // namespace

std::string no_conversion(const Resource& resource, const Gvk& given) {
  if (kinds::shape_of(given) == nullptr)
    return fmt::format("no kind \"{}\" is registered for version \"{}\" in scheme \"pkg/runtime/scheme.go:111\"", given.kind,
                       given.api_version());
  std::string group = resource.info.group.empty() ? "core" : resource.info.group.substr(0, resource.info.group.find('.'));
  return fmt::format("converting ({}.{}) to ({}.{}): unknown conversion", given.version, given.kind, group, resource.info.kind);
}

MediaType media_type(std::string_view content_type) {
  std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  if (type.empty() || type == "application/json") return MediaType::kJson;
  if (type == "application/yaml" || type == "application/x-yaml") return MediaType::kYaml;
  if (type == "application/vnd.kubernetes.protobuf") return MediaType::kProtobuf;
  return MediaType::kOther;
}

std::string decode_message(const Resource& resource, const Value& object, std::string_view text, const Error& error) {
  const kinds::Shape* shape = resource.go != nullptr ? kinds::shape_of(resource.gvk()) : nullptr;
  if (shape == nullptr) return error.message();
  std::string first = first_fault(kinds::decode_faults(*shape, object), text);
  return first.empty() ? error.message() : first;
}

Result<std::vector<std::string>> settle_object(const Resource& resource, Value& object, bool keep_nulls) {
  std::vector<std::string> problems;
  if (resource.go != nullptr) {
    const kinds::Shape* shape = kinds::shape_of(resource.gvk());
    if (shape == nullptr) return problems;
    kinds::DecodeNotes notes;
    TAUT_ASSIGN(object, kinds::decode(*shape, object, &notes));
    for (const std::string& path : notes.unknown) problems.push_back("unknown field \"" + path + '"');
    return problems;
  }
  std::vector<std::string> unknown;
  resource.custom->prune(object, &unknown, keep_nulls);
  TAUT_TRY(settle_metadata(object, &unknown));
  for (const std::string& path : unknown) problems.push_back("unknown field \"" + path + '"');
  return problems;
}

ApiResult<Value> decode_object(const Resource& resource, Value object, std::string_view text, WriteContext& context,
                               std::vector<std::string> found, bool repeats) {
  if (object.is_null() && resource.go != nullptr) object = Value::map();
  if (!object.is_map())
    return unrecognized(resource,
                        fmt::format("json: cannot unmarshal {} into Go value of type struct {{ APIVersion string "
                                    "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}",
                                    object.is_list() ? "array" : kind_name(object.kind())), text);
  API_TRY(check_type(resource, object, text));
  Value given = object;
  auto problems = settle_object(resource, object);
  if (!problems) return cannot_handle(resource, resource.gvk(), decode_message(resource, given, text, problems.error()));
  if (context.field_validation != "Ignore" && !text.empty()) {
    // The text tells the order, and duplicates, which the Value has lost.
    if (resource.go != nullptr) {
      if (!problems->empty() || repeats)
        problems = strict_problems(*resource.go, text);
    } else if (repeats) {
      auto duplicates = duplicate_fields(text);
      problems->insert(problems->begin(), duplicates.begin(), duplicates.end());
    }
  }
  found.insert(found.end(), problems->begin(), problems->end());
  API_TRY(report_strict(resource, found, context));
  if (resource.custom)
    resource.custom->apply_defaults(object);
  else
    kinds::apply_defaults(resource.gvk(), object);
  return object;
}

ApiResult<Value> read_object(const Resource& resource, const Request& request, WriteContext& context) {
  switch (media_type(request.header("Content-Type"))) {
    case MediaType::kJson: {
      bool repeats = false;
      auto parsed = parse_json(request.body, {.unite_duplicate_maps = resource.go != nullptr, .repeats = &repeats});
      if (!parsed) return unrecognized(resource, parsed.error().message(), request.body);
      return decode_object(resource, std::move(*parsed), request.body, context, {}, repeats);
    }
    case MediaType::kYaml: {
      API_ASSIGN(Value parsed, read_value(request));
      std::vector<std::string> duplicates;
      if (auto strict = parse_yaml_document(request.body); !strict) duplicates.push_back(strict.error().message());
      return decode_object(resource, std::move(parsed), {}, context, std::move(duplicates));
    }
    case MediaType::kProtobuf: {
      if (resource.custom) break;
      auto parsed = decode_protobuf(request.body);
      if (!parsed) return ApiFailure(bad_request(parsed.error().message()));
      return decode_object(resource, std::move(*parsed), {}, context);
    }
    case MediaType::kOther: break;
  }
  return ApiFailure(unsupported_media_type(resource.custom ? "application/json, application/yaml" : kAccepted));
}

ApiResult<Value> read_value(const Request& request) {
  if (request.body.empty()) return Value();
  MediaType type = media_type(request.header("Content-Type"));
  if (type == MediaType::kProtobuf) {
    auto parsed = decode_protobuf(request.body);
    if (!parsed) return ApiFailure(bad_request(parsed.error().message()));
    return *parsed;
  }
  if (type == MediaType::kOther) return ApiFailure(unsupported_media_type(kAccepted));
  if (type == MediaType::kYaml) {
    auto document = parse_yaml_document(request.body, {.reject_duplicate_keys = false});
    if (!document) return ApiFailure(bad_request("error converting YAML to JSON: " + document.error().message()));
    return document->root;
  }
  auto parsed = parse_json(request.body);
  if (!parsed) return ApiFailure(bad_request(parsed.error().message()));
  return *parsed;
}

}  // namespace taut::sandbox
