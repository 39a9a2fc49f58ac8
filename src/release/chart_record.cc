#include "release/chart_record.hh"

#include "base/base64.hh"
#include "helm/coalesce.hh"

namespace taut::release {

namespace {

void set_text(Value& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object.set(key, text);
}

void set_texts(Value& object, std::string_view key, const std::vector<std::string>& items) {
  if (items.empty()) return;
  Value& list = object.set(key, Value::list());
  for (const std::string& item : items) list.push_back(item);
}

Value dependency_value(const helm::Dependency& dependency) {
  Value out = Value::map({{"name", dependency.name}, {"repository", dependency.repository}});
  set_text(out, "version", dependency.version);
  set_text(out, "condition", dependency.condition);
  set_texts(out, "tags", dependency.tags);
  if (dependency.enabled) out.set("enabled", true);
  if (!dependency.import_values.empty()) {
    Value& list = out.set("import-values", Value::list());
    for (const Value& item : dependency.import_values) list.push_back(item);
  }
  set_text(out, "alias", dependency.alias);
  return out;
}

void set_dependencies(Value& object, const std::vector<helm::Dependency>& dependencies) {
  Value& list = object.set("dependencies", Value::list());
  for (const helm::Dependency& dependency : dependencies) list.push_back(dependency_value(dependency));
}

Value metadata_value(const helm::Metadata& metadata, const std::vector<helm::Dependency>& dependencies) {
  Value out = Value::map();
  const std::pair<std::string_view, const std::string*> fields[] = {
      {"name", &metadata.name},           {"home", &metadata.home},
      {"version", &metadata.version},     {"description", &metadata.description},
      {"icon", &metadata.icon},           {"apiVersion", &metadata.api_version},
      {"condition", &metadata.condition}, {"tags", &metadata.tags},
      {"appVersion", &metadata.app_version}, {"kubeVersion", &metadata.kube_version},
      {"type", &metadata.type}};
  for (const auto& [key, text] : fields) set_text(out, key, *text);
  set_texts(out, "sources", metadata.sources);
  set_texts(out, "keywords", metadata.keywords);
  if (metadata.deprecated) out.set("deprecated", true);
  for (const helm::Maintainer& maintainer : metadata.maintainers) {
    Value item = Value::map();
    set_text(item, "name", maintainer.name);
    set_text(item, "email", maintainer.email);
    set_text(item, "url", maintainer.url);
    out.edit("maintainers").push_back(std::move(item));
  }
  for (const auto& [key, text] : metadata.annotations) out.edit("annotations").set(key, text);
  if (!dependencies.empty()) set_dependencies(out, dependencies);
  return out;
}

Value files_value(const std::vector<helm::ChartFile>& files) {
  Value out = Value::list();
  for (const helm::ChartFile& file : files) {
    out.push_back(Value::map({{"name", file.name}, {"data", base64_encode(file.text ? *file.text : std::string())}}));
  }
  return out;
}

Value lock_value(const std::optional<helm::Lock>& lock) {
  if (!lock) return nullptr;
  Value out = Value::map({{"digest", lock->digest}});
  out.set("generated", lock->generated.empty() ? "0001-01-01T00:00:00Z" : lock->generated);
  set_dependencies(out, lock->dependencies);
  return out;
}

}  // namespace

Value chart_record(const helm::Chart& chart, const Value& values, const std::vector<helm::Dependency>& dependencies) {
  Value out = Value::map();
  out.set("metadata", metadata_value(chart.metadata, dependencies));
  out.set("lock", lock_value(chart.lock));
  out.set("templates", files_value(chart.templates));
  out.set("values", values.is_null() ? Value::map() : values);
  out.set("schema", chart.schema ? Value(base64_encode(*chart.schema)) : Value());
  out.set("files", files_value(chart.files));
  return out;
}

helm::ChartPtr chart_of_record(const Value& record) {
  auto out = std::make_shared<helm::Chart>();
  out->metadata.name = record["metadata"]["name"].str();
  out->metadata.version = record["metadata"]["version"].str();
  out->values = record["values"];
  return out;
}

Result<Value> all_values(const Value& chart_record, const Value& config, helm::Compat compat) {
  helm::ReleaseValues values;
  helm::make_release_chart(chart_of_record(chart_record), nullptr, values.chart);
  helm::Coalescer coalescer(values.tables, compat, nullptr);
  TAUT_ASSIGN(const helm::Table* all, coalescer.coalesce(values.chart, *values.tables.thaw(config)));
  return freeze(*all);
}

}  // namespace taut::release
