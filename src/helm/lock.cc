#include "helm/lock.hh"

#include "base/sha256.hh"
#include "tree/archive_write.hh"
#include "tree/path.hh"
#include "value/json.hh"
#include "yaml/writer.hh"

namespace taut::helm {
namespace {

// Readers of helm's archives know them by this.
constexpr std::string_view kHeader = "+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=";

Value texts(const std::vector<std::string>& items) {
  Value out = Value::list();
  for (const std::string& item : items) out.push_back(item);
  return out;
}

// The fields in the order of Go's struct, which the digest depends on.
std::vector<std::pair<std::string_view, Value>> fields(const Dependency& d) {
  std::vector<std::pair<std::string_view, Value>> out{{"name", d.name}};
  if (!d.version.empty()) out.emplace_back("version", d.version);
  out.emplace_back("repository", d.repository);
  if (!d.condition.empty()) out.emplace_back("condition", d.condition);
  if (!d.tags.empty()) out.emplace_back("tags", texts(d.tags));
  if (d.enabled) out.emplace_back("enabled", true);
  if (!d.import_values.empty()) {
    Value imports = Value::list();
    for (const Value& item : d.import_values) imports.push_back(item);
    out.emplace_back("import-values", imports);
  }
  if (!d.alias.empty()) out.emplace_back("alias", d.alias);
  return out;
}

Value dependency_document(const Dependency& dependency) {
  Value out = Value::map();
  for (auto& [key, value] : fields(dependency)) out.set(key, value);
  return out;
}

Value dependency_documents(const std::vector<Dependency>& dependencies) {
  Value out = Value::list();
  for (const Dependency& dependency : dependencies) out.push_back(dependency_document(dependency));
  return out;
}

std::string json_of(const std::vector<Dependency>& dependencies) {
  std::string out = "[";
  for (const Dependency& dependency : dependencies) {
    if (out.size() > 1) out += ',';
    out += '{';
    bool first = true;
    for (auto& [key, value] : fields(dependency)) {
      out += fmt::format("{}\"{}\":", first ? "" : ",", key);
      append_json(value, out, {.escape_html = true});
      first = false;
    }
    out += '}';
  }
  return out + "]";
}

// Collects the files of an archive; texts that are made on the way are kept here.
struct Packer {
  std::vector<ArchiveFile> files;
  std::vector<FileText> made;

  void add_made(std::string path, std::string text) {
    made.push_back(std::make_shared<const std::string>(std::move(text)));
    files.push_back({std::move(path), *made.back()});
  }

  Status add(const Chart& chart, const std::string& prefix) {
    const std::string base = join_path(prefix, chart.metadata.name);
    Metadata metadata = chart.metadata;
    bool first_version = metadata.api_version == "v1";
    if (first_version) metadata.dependencies.clear();
    add_made(join_path(base, "Chart.yaml"), to_yaml(metadata_document(metadata)));
    if (metadata.api_version == "v2" && chart.lock) add_made(join_path(base, "Chart.lock"), lock_text(*chart.lock));
    for (const ChartFile& file : chart.raw)
      if (file.name == "values.yaml") files.push_back({join_path(base, file.name), *file.text});
    if (chart.schema) {
      if (!parse_json(*chart.schema)) return fail(Code::kInvalid, "invalid JSON in values.schema.json");
      files.push_back({join_path(base, "values.schema.json"), *chart.schema});
    }
    for (const auto* list : {&chart.templates, &chart.files})
      for (const ChartFile& file : *list) files.push_back({join_path(base, file.name), *file.text});
    for (const ChartPtr& child : chart.charts) TAUT_TRY(add(*child, join_path(base, "charts")));
    return {};
  }
};

}  // namespace

Value metadata_document(const Metadata& m) {
  Value out = Value::map();
  auto text = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) out.set(key, value);
  };
  text("name", m.name);
  text("home", m.home);
  if (!m.sources.empty()) out.set("sources", texts(m.sources));
  text("version", m.version);
  text("description", m.description);
  if (!m.keywords.empty()) out.set("keywords", texts(m.keywords));
  if (!m.maintainers.empty()) {
    Value list = Value::list();
    for (const Maintainer& maintainer : m.maintainers) {
      Value item = Value::map();
      for (auto [key, value] : {std::pair("name", &maintainer.name), {"email", &maintainer.email}, {"url", &maintainer.url}})
        if (!value->empty()) item.set(key, *value);
      list.push_back(item);
    }
    out.set("maintainers", list);
  }
  text("icon", m.icon);
  text("apiVersion", m.api_version);
  text("condition", m.condition);
  text("tags", m.tags);
  text("appVersion", m.app_version);
  if (m.deprecated) out.set("deprecated", true);
  if (!m.annotations.empty()) {
    Value map = Value::map();
    for (const auto& [key, value] : m.annotations) map.set(key, value);
    out.set("annotations", map);
  }
  text("kubeVersion", m.kube_version);
  if (!m.dependencies.empty()) out.set("dependencies", dependency_documents(m.dependencies));
  text("type", m.type);
  return out;
}

std::string lock_text(const Lock& lock) {
  return to_yaml(Value::map({{"generated", lock.generated}, {"digest", lock.digest}, {"dependencies", dependency_documents(lock.dependencies)}}));
}

std::string lock_digest(const std::vector<Dependency>& asked, const std::vector<Dependency>& locked) {
  return sha256_digest(fmt::format("[{},{}]", json_of(asked), json_of(locked)));
}

std::string lock_digest_v2(const std::vector<Dependency>& asked) {
  return sha256_digest(fmt::format("{{\"dependencies\":{}}}", json_of(asked)));
}

Status check_lock(const Metadata& metadata, const Lock& lock) {
  if (lock_digest(metadata.dependencies, lock.dependencies) == lock.digest) return {};
  if (metadata.api_version != "v1")
    return fail(Code::kInvalid,
                "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies");
  if (lock_digest_v2(metadata.dependencies) == lock.digest) return {};
  return fail(Code::kInvalid,
              "the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the dependencies");
}

std::string archive_name(const Metadata& metadata) { return fmt::format("{}-{}.tgz", metadata.name, metadata.version); }

Result<std::string> write_chart_archive(const Chart& chart, uint64_t mtime) {
  Metadata checked = chart.metadata;
  if (Status status = check_metadata(checked); !status) return fail(Code::kInvalid, "chart validation: {}", status.error().message());
  Packer packer;
  TAUT_TRY(packer.add(chart, ""));
  return write_gzip(write_tar(packer.files, mtime), {std::string(kHeader), "Helm"});
}

}  // namespace taut::helm
