#include "sandbox/custom.hh"

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

// One step of a JSON path: a key, an index, or a filter on a field of list items.
struct Step {
  std::string key;
  std::optional<size_t> index;
  std::string filter_field, filter_value;
};

std::string unquote(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'')) text = text.substr(1, text.size() - 2);
  return std::string(text);
}

Step bracket_step(std::string_view inside) {
  Step step;
  if (inside.starts_with("?(@.")) {
    std::string_view test = inside.substr(4, inside.size() - 5), field, value;
    if (cut(test, "==", field, value)) {
      step.filter_field = trim(field);
      step.filter_value = unquote(trim(value));
    }
  } else if (!inside.empty() && inside.find_first_not_of("0123456789") == std::string_view::npos) {
    step.index = std::stoul(std::string(inside));
  } else {
    step.key = unquote(inside);
  }
  return step;
}

std::vector<Step> steps_of(std::string_view path) {
  std::vector<Step> out;
  std::string key;
  auto flush = [&] {
    if (!key.empty()) out.push_back({std::exchange(key, {}), {}, {}, {}});
  };
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size()) {
      key += path[++i];
    } else if (path[i] == '.') {
      flush();
    } else if (path[i] == '[') {
      flush();
      size_t end = path.find(']', i);
      if (end == std::string_view::npos) break;
      out.push_back(bracket_step(path.substr(i + 1, end - i - 1)));
      i = end;
    } else {
      key += path[i];
    }
  }
  flush();
  return out;
}

Value follow(const Value& value, const Step& step) {
  if (step.index) return value[*step.index];
  if (step.filter_field.empty()) return value[step.key];
  for (const Value& item : value.items())
    if (item[step.filter_field].as_string() == step.filter_value) return item;
  return {};
}

// A cell of a Table: by the column's type, as the server's table convertor prints it.
Value cell(const Value& found, const kinds::Column& column, Time now) {
  if (found.is_null()) return {};
  if (column.type == "date") {
    auto time = parse_rfc3339(found.as_string());
    if (!time) return "<invalid>";
    Value stub = Value::map({{"metadata", Value::map({{"creationTimestamp", found}})}});
    auto row = kinds::table_row(Gvk{"", "", "taut-unknown"}, stub, now);
    return row.empty() ? found : row.back();
  }
  if (column.type == "integer") return found.is_number() ? Value(found.as_int()) : Value();
  if (column.type == "number") return found.is_number() ? found : Value();
  if (column.type == "boolean") return found.is_bool() ? found : Value();
  return found.is_string() ? found : Value(to_json(found));
}

std::vector<std::string> strings_of(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.str());
  return out;
}

schema::Subresource status_subresource(const std::string& kind) {
  schema::Subresource sub;
  sub.name = "status";
  sub.kind = kind;
  sub.verbs = {"get", "patch", "update"};
  return sub;
}

schema::Subresource scale_subresource() {
  schema::Subresource sub = status_subresource("Scale");
  sub.name = "scale";
  sub.group = "autoscaling";
  sub.version = "v1";
  sub.foreign = true;
  return sub;
}

}  // namespace

Value json_path(const Value& object, std::string_view path) {
  Value at = object;
  for (const Step& step : steps_of(path)) at = follow(at, step);
  return at;
}

Result<std::shared_ptr<const CustomVersion>> CustomVersion::make(const Value& crd, const Value& version) {
  auto out = std::make_shared<CustomVersion>();
  TAUT_ASSIGN(out->schema_, schema::CrdSchema::compile(version["schema"]["openAPIV3Schema"],
                                                       crd["spec"]["preserveUnknownFields"].as_bool()));
  out->has_status_ = version["subresources"].contains("status");
  out->scale_ = version["subresources"]["scale"];
  if (version["deprecated"].as_bool()) {
    out->deprecation_ = version["deprecationWarning"].str();
    if (out->deprecation_.empty())
      out->deprecation_ = fmt::format("{}/{} {} is deprecated", crd["spec"]["group"].as_string(), version["name"].as_string(),
                                      crd["spec"]["names"]["kind"].as_string());
  }
  out->columns_.push_back({"Name", "string", "name", "Name must be unique within a namespace.", 0});
  out->column_paths_.push_back(".metadata.name");
  for (const Value& c : version["additionalPrinterColumns"].items()) {
    std::string description = c["description"].str();
    if (description.empty()) description = fmt::format("Custom resource definition column (in JSONPath format): {}", c["jsonPath"].as_string());
    out->columns_.push_back({c["name"].str(), c["type"].str(), c["format"].str(), description, static_cast<int>(c["priority"].as_int())});
    out->column_paths_.push_back(c["jsonPath"].str());
  }
  if (version["additionalPrinterColumns"].empty()) {
    out->columns_.push_back({"Age", "date", "", "CreationTimestamp is a timestamp representing the server time when this object was created.", 0});
    out->column_paths_.push_back(".metadata.creationTimestamp");
  }
  return out;
}

void CustomVersion::prune(Value& object, std::vector<std::string>* unknown, bool keep_nulls) const {
  schema_->prune(object, unknown);
  if (!keep_nulls) schema_->drop_nulls(object);
}

std::vector<kinds::Problem> CustomVersion::validate(const Value& object, const Value* old) const {
  std::vector<kinds::Problem> out;
  for (schema::FieldError& error : schema_->validate(object, old))
    out.push_back({std::move(error.reason), std::move(error.message), std::move(error.field)});
  return out;
}

std::vector<Value> CustomVersion::row(const Value& object, Time now) const {
  std::vector<Value> out;
  for (size_t i = 0; i < columns_.size(); ++i) out.push_back(cell(json_path(object, column_paths_[i]), columns_[i], now));
  return out;
}

std::vector<ResourcePtr> custom_resources(const Value& crd) {
  static const std::vector<std::string> kVerbs = {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};
  const Value& spec = crd["spec"];
  const Value& names = crd["status"]["acceptedNames"];
  std::string stored;
  std::shared_ptr<const CustomVersion> stored_custom;
  for (const Value& version : spec["versions"].items()) {
    if (!version["storage"].as_bool()) continue;
    stored = version["name"].str();
    stored_custom = CustomVersion::make(crd, version).value_or(nullptr);
  }
  std::vector<ResourcePtr> out;
  for (const Value& version : spec["versions"].items()) {
    if (!version["served"].as_bool()) continue;
    auto custom = CustomVersion::make(crd, version);
    if (!custom) continue;
    auto r = std::make_shared<Resource>();
    r->info.group = spec["group"].str();
    r->info.version = version["name"].str();
    r->info.kind = names["kind"].str();
    r->info.plural = names["plural"].str();
    r->info.singular = names["singular"].str();
    r->info.namespaced = spec["scope"].as_string() == "Namespaced";
    r->info.verbs = kVerbs;
    r->info.short_names = strings_of(names["shortNames"]);
    r->info.categories = strings_of(names["categories"]);
    if ((*custom)->scale().is_map()) r->info.subresources.push_back(scale_subresource());
    if ((*custom)->has_status()) r->info.subresources.push_back(status_subresource(r->info.kind));
    r->list_kind = names["listKind"].str();
    r->storage = r->info.group + '/' + r->info.plural;
    r->stored_as = {r->info.group, stored, r->info.kind};
    r->custom = std::move(*custom);
    r->stored_custom = stored_custom;
    out.push_back(std::move(r));
  }
  return out;
}

}  // namespace taut::sandbox
