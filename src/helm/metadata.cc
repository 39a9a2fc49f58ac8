#include "helm/metadata.hh"

#include <set>

#include "base/runes.hh"
#include "base/semver.hh"
#include "base/strings.hh"
#include "base/unicode.hh"
#include "helm/typed_reader.hh"

namespace taut::helm {

namespace {

void read_dependency(const Value& item, TypedReader& reader, Dependency& out) {
  if (!reader.map(item, "v2.Dependency")) return;
  reader.text(item, "name", out.name);
  reader.text(item, "version", out.version);
  reader.text(item, "repository", out.repository);
  reader.text(item, "condition", out.condition);
  reader.texts(item, "tags", out.tags);
  reader.boolean(item, "enabled", out.enabled);
  if (const Value* imports = reader.list(item, "import-values", "[]interface {}")) {
    out.import_values.assign(imports->items().begin(), imports->items().end());
  }
  reader.text(item, "alias", out.alias);
}

void read_dependencies(const Value& object, TypedReader& reader, std::vector<Dependency>& out) {
  const Value* list = reader.list(object, "dependencies", "[]*v2.Dependency");
  if (!list) return;
  TypedReader::Inside inside(reader, "dependencies");
  out.clear();
  for (const Value& item : list->items()) read_dependency(item, reader, out.emplace_back());
}

void read_maintainers(const Value& object, TypedReader& reader, std::vector<Maintainer>& out) {
  const Value* list = reader.list(object, "maintainers", "[]*v2.Maintainer");
  if (!list) return;
  TypedReader::Inside inside(reader, "maintainers");
  out.clear();
  for (const Value& item : list->items()) {
    Maintainer& maintainer = out.emplace_back();
    if (!reader.map(item, "v2.Maintainer")) continue;
    reader.text(item, "name", maintainer.name);
    reader.text(item, "email", maintainer.email);
    reader.text(item, "url", maintainer.url);
  }
}

void sanitize(std::string& text) {
  std::string out;
  bool changed = false;
  for (std::string_view left = text; !left.empty();) {
    uint32_t rune = take_rune(left);
    if (is_space(rune)) {
      changed |= rune != ' ';
      out += ' ';
    } else if (is_print(rune)) {
      out += rune_text(rune);
    } else {
      changed = true;
    }
  }
  if (changed) text = std::move(out);
}

template <class... Args>
Failure refuse(fmt::format_string<Args...> format, Args&&... args) {
  return fail(Code::kInvalid, "validation: {}", fmt::format(format, std::forward<Args>(args)...));
}

Status check_identity(const Metadata& m) {
  if (m.api_version.empty()) return refuse("chart.metadata.apiVersion is required");
  if (m.name.empty()) return refuse("chart.metadata.name is required");
  if (m.name == "." || m.name == "..") return refuse("chart.metadata.name {} is not allowed", quote(m.name));
  if (m.name.find('/') != std::string::npos) return refuse("chart.metadata.name {} is invalid", quote(m.name));
  if (m.version.empty()) return refuse("chart.metadata.version is required");
  if (!Version::parse(m.version)) return refuse("chart.metadata.version {} is invalid", quote(m.version));
  if (!m.type.empty() && m.type != "application" && m.type != "library") {
    return refuse("chart.metadata.type must be application or library");
  }
  return {};
}

bool is_alias(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Status check_dependencies(std::vector<Dependency>& dependencies) {
  std::set<std::string_view> names;
  for (Dependency& dependency : dependencies) {
    for (std::string* text :
         {&dependency.name, &dependency.version, &dependency.repository, &dependency.condition}) {
      sanitize(*text);
    }
    for (std::string& tag : dependency.tags) sanitize(tag);
    if (!is_alias(dependency.alias)) {
      return refuse("dependency {} has disallowed characters in the alias", quote(dependency.name));
    }
    const std::string& key = dependency.alias.empty() ? dependency.name : dependency.alias;
    if (!names.insert(key).second) return refuse("more than one dependency with name or alias {}", quote(key));
  }
  return {};
}

// Lists with an empty item: helm refuses them when it checks.
Status check_nulls(const Value& object) {
  for (const Value& item : object["maintainers"].items()) {
    if (item.is_null()) return refuse("maintainers must not contain empty or null nodes");
  }
  for (const Value& item : object["dependencies"].items()) {
    if (item.is_null()) return refuse("dependencies must not contain empty or null nodes");
  }
  return {};
}

}  // namespace

bool Metadata::is_library() const { return to_lower(type) == "library"; }

Status read_metadata(std::string_view text, Metadata& m) {
  TAUT_ASSIGN(Value object, read_yaml(text));
  TypedReader reader("Metadata");
  if (!reader.map(object, "v2.Metadata")) return reader.status();
  reader.text(object, "name", m.name);
  reader.text(object, "home", m.home);
  reader.texts(object, "sources", m.sources);
  reader.text(object, "version", m.version);
  reader.text(object, "description", m.description);
  reader.texts(object, "keywords", m.keywords);
  read_maintainers(object, reader, m.maintainers);
  reader.text(object, "icon", m.icon);
  reader.text(object, "apiVersion", m.api_version);
  reader.text(object, "condition", m.condition);
  reader.text(object, "tags", m.tags);
  reader.text(object, "appVersion", m.app_version);
  reader.boolean(object, "deprecated", m.deprecated);
  reader.text_map(object, "annotations", m.annotations);
  reader.text(object, "kubeVersion", m.kube_version);
  read_dependencies(object, reader, m.dependencies);
  m.lists_dependencies |= object["dependencies"].is_list();
  reader.text(object, "type", m.type);
  TAUT_TRY(reader.status());
  return check_nulls(object);
}

Result<Lock> read_lock(std::string_view text) {
  TAUT_ASSIGN(Value object, read_yaml(text));
  Lock lock;
  TypedReader reader("Lock");
  if (reader.map(object, "v2.Lock")) {
    reader.text(object, "generated", lock.generated);
    reader.text(object, "digest", lock.digest);
    read_dependencies(object, reader, lock.dependencies);
  }
  TAUT_TRY(reader.status());
  return lock;
}

Status check_metadata(Metadata& m) {
  for (std::string* text : {&m.name, &m.description, &m.home, &m.icon, &m.condition, &m.tags, &m.app_version,
                            &m.kube_version}) {
    sanitize(*text);
  }
  for (std::string& source : m.sources) sanitize(source);
  for (std::string& keyword : m.keywords) sanitize(keyword);
  TAUT_TRY(check_identity(m));
  for (Maintainer& maintainer : m.maintainers) {
    for (std::string* text : {&maintainer.name, &maintainer.email, &maintainer.url}) sanitize(*text);
  }
  return check_dependencies(m.dependencies);
}

}  // namespace taut::helm
