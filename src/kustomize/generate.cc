// Generators: ConfigMaps, Secrets, Helm charts, and GKE service accounts from configuration files.
#include "kustomize/generator.hh"
#include "kustomize/plugin.hh"
#include "kustomize/read.hh"
#include "tree/path.hh"

namespace taut::kustomize {
namespace {

// A configuration in a file is named by its metadata, unless it has a name of its own.
Value with_metadata(Value args) {
  for (const char* field : {"name", "namespace"}) {
    if (args[field].empty() && !args["metadata"][field].empty()) args.set(field, args["metadata"][field]);
  }
  args.erase("metadata");
  return args;
}

using Make = Result<Resource> (*)(const Value&, const ReadFile&);

Result<Generate> configure(PluginConfig config, const PluginContext& context, Make make) {
  Loader loader = context.loader;
  const Schema* schema = context.schema;
  return Generate([args = with_metadata(std::move(config.fields)), loader, schema, make]() -> Result<ResMap> {
    TAUT_ASSIGN(Resource resource, make(args, [&](std::string_view path) { return loader.load(path); }));
    resource.schema = schema;
    ResMap out;
    TAUT_TRY(out.append(std::move(resource)));
    return out;
  });
}

Status check_chart(const Value& chart, const PluginContext& context) {
  if (!context.options.enable_helm) return fail(Code::kForbidden, "must specify --enable-helm");
  if (!context.options.helm)
    return fail(Code::kUnsupported, "helmCharts: this build cannot render charts");
  if (chart["name"].empty()) return fail(Code::kInvalid, "chart name cannot be empty");
  for (const Value& file : chart["additionalValuesFiles"].items()) {
    auto loaded = context.loader.load(file.as_string());
    if (!loaded)
      return fail(Error(loaded.error()).with_message("could not load additionalValuesFile: " +
                                                     loaded.error().message()));
  }
  std::string_view merge = chart["valuesMerge"].as_string();
  if (!merge.empty() && merge != "merge" && merge != "override" && merge != "replace")
    return fail(Code::kInvalid, "valuesMerge must be one of [merge override replace]");
  return {};
}

}  // namespace

Result<Generate> configure_config_map(PluginConfig config, const PluginContext& context) {
  return configure(std::move(config), context, make_config_map);
}

Result<Generate> configure_secret(PluginConfig config, const PluginContext& context) {
  return configure(std::move(config), context, make_secret);
}

Result<Generate> configure_helm(PluginConfig config, const PluginContext& context) {
  Value chart = std::move(config.fields);
  if (chart["kubeVersion"].empty() && !context.options.helm_kube_version.empty())
    chart.set("kubeVersion", Value(context.options.helm_kube_version));
  if (chart["apiVersions"].empty())
    for (const std::string& version : context.options.helm_api_versions)
      chart.edit("apiVersions").push_back(Value(version));
  if (context.options.helm_debug) chart.set("debug", true);
  TAUT_TRY(check_chart(chart, context));
  Loader loader = context.loader;
  const Schema* schema = context.schema;
  return Generate([chart, loader, schema, render = context.options.helm]() -> Result<ResMap> {
    TAUT_ASSIGN(std::string manifests, render({chart, loader}));
    TAUT_ASSIGN(auto resources, read_resources(manifests));
    ResMap out;
    for (Resource& resource : resources) {
      resource.schema = schema;
      resource.helm_generated = true;
      TAUT_TRY(out.append(std::move(resource)));
    }
    return out;
  });
}

Result<Generate> configure_iam_policy(PluginConfig config, const PluginContext& context) {
  const Value& fields = config.fields;
  if (fields["cloud"].as_string() != "gke")
    return fail(Code::kInvalid, "cloud provider {} not supported yet", fields["cloud"].as_string());
  const Value &account = fields["serviceAccount"], &service = fields["kubernetesService"];
  Value annotation(fmt::format("{}@{}.iam.gserviceaccount.com", account["name"].as_string(),
                               account["projectId"].as_string()));
  Value metadata = Value::map({{"annotations", Value::map({{"iam.gke.io/gcp-service-account", annotation}})},
                               {"name", service["name"]}});
  if (!service["namespace"].empty()) metadata.set("namespace", service["namespace"]);
  Resource resource;
  resource.object = Value::map({{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", metadata}});
  resource.schema = context.schema;
  return Generate([resource]() -> Result<ResMap> {
    ResMap out;
    TAUT_TRY(out.append(resource));
    return out;
  });
}

}  // namespace taut::kustomize
