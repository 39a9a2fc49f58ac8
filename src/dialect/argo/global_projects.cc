#include "dialect/argo/global_projects.hh"

#include <fmt/format.h>

#include "object/id.hh"
#include "yaml/reader.hh"

namespace taut::argo {

std::vector<GlobalProject> read_global_projects(std::string_view text, std::vector<std::string>& errors) {
  std::vector<GlobalProject> out;
  auto document = parse_yaml_document(text);
  if (!document) {
    errors.push_back("globalProjects: " + document.error().message());
    return out;
  }
  for (const Value& item : document->root.items()) {
    std::string name = item["projectName"].str();
    auto heirs = LabelSelector::of(item["labelSelector"]);
    if (heirs && !name.empty())
      out.push_back({std::move(name), std::move(*heirs)});
    else
      errors.push_back(fmt::format("globalProjects[{}]: {}", out.size(), heirs ? "projectName is missing" : heirs.error().message()));
  }
  return out;
}

Value with_inherited(Value project, const std::vector<GlobalProject>& globals, const std::function<Value(const std::string& name)>& find) {
  for (const GlobalProject& global : globals) {
    if (global.name == name_of(project) || !global.heirs.matches(project["metadata"]["labels"])) continue;
    Value from = find(global.name);
    for (const char* field : {"clusterResourceWhitelist", "clusterResourceBlacklist", "namespaceResourceWhitelist", "namespaceResourceBlacklist",
                              "syncWindows", "sourceRepos", "destinations", "destinationServiceAccounts"}) {
      const Value& inherited = from["spec"][field];
      if (!inherited.is_list()) continue;
      Value list = project["spec"][field].is_list() ? project["spec"][field] : Value::list();
      for (const Value& item : inherited.items()) list.push_back(item);
      project.edit("spec").set(field, std::move(list));
    }
  }
  return project;
}

}  // namespace taut::argo
