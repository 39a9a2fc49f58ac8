#include "kustomize/types.hh"

namespace taut::kustomize::types {
namespace {

using Is = GoType::Is;

constexpr GoType kString{Is::kString, "string"};
constexpr GoType kBool{Is::kBool, "bool"};
constexpr GoType kInt{Is::kInt, "int"};
constexpr GoType kInt64{Is::kInt, "int64"};
constexpr GoType kAny{Is::kAny, "interface {}"};
constexpr GoType kStrings{Is::kList, "[]string", &kString};
constexpr GoType kStringMap{Is::kMap, "map[string]string", &kString};
constexpr GoType kAnyMap{Is::kMap, "map[string]interface {}", &kAny};

constexpr GoField kObjectMetaFields[] = {
    {"name", &kString}, {"namespace", &kString}, {"labels", &kStringMap}, {"annotations", &kStringMap}};
constexpr GoStruct kObjectMetaStruct{"ObjectMeta", kObjectMetaFields};
constexpr GoType kObjectMeta{Is::kStruct, "types.ObjectMeta", nullptr, &kObjectMetaStruct};

constexpr GoField kFieldSpecFields[] = {
    {"group", &kString, "Gvk."},  {"version", &kString, "Gvk."}, {"kind", &kString, "Gvk."},
    {"path", &kString},           {"create", &kBool}};
constexpr GoStruct kFieldSpecStruct{"FieldSpec", kFieldSpecFields};
constexpr GoType kFieldSpec{Is::kStruct, "types.FieldSpec", nullptr, &kFieldSpecStruct};
constexpr GoType kFieldSpecs{Is::kList, "[]types.FieldSpec", &kFieldSpec};
constexpr GoType kFsSlice{Is::kList, "types.FsSlice", &kFieldSpec};

constexpr GoField kLabelFields[] = {
    {"pairs", &kStringMap}, {"includeSelectors", &kBool}, {"includeTemplates", &kBool}, {"fields", &kFieldSpecs}};
constexpr GoStruct kLabelStruct{"Label", kLabelFields};
constexpr GoType kLabel{Is::kStruct, "types.Label", nullptr, &kLabelStruct};
constexpr GoType kLabels{Is::kList, "[]types.Label", &kLabel};

constexpr GoField kSelectorFields[] = {
    {"group", &kString, "ResId.Gvk."}, {"version", &kString, "ResId.Gvk."}, {"kind", &kString, "ResId.Gvk."},
    {"name", &kString, "ResId."},      {"namespace", &kString, "ResId."},   {"annotationSelector", &kString},
    {"labelSelector", &kString}};
constexpr GoStruct kSelectorStruct{"Selector", kSelectorFields};
constexpr GoType kSelector{Is::kStruct, "types.Selector", nullptr, &kSelectorStruct};
constexpr GoType kSelectors{Is::kList, "[]*types.Selector", &kSelector};

constexpr GoField kPatchArgsFields[] = {{"allowNameChange", &kBool}, {"allowKindChange", &kBool}};
constexpr GoStruct kPatchArgsStruct{"PatchArgs", kPatchArgsFields};
constexpr GoType kPatchArgs{Is::kStruct, "types.PatchArgs", nullptr, &kPatchArgsStruct};

constexpr GoField kPatchFields[] = {
    {"path", &kString}, {"patch", &kString}, {"target", &kSelector}, {"options", &kPatchArgs}};
constexpr GoStruct kPatchStruct{"Patch", kPatchFields};
constexpr GoType kPatch{Is::kStruct, "types.Patch", nullptr, &kPatchStruct};
constexpr GoType kPatches{Is::kList, "[]types.Patch", &kPatch};
constexpr GoType kPatchStrategic{Is::kString, "types.PatchStrategicMerge"};
constexpr GoType kPatchesStrategic{Is::kList, "[]types.PatchStrategicMerge", &kPatchStrategic};

constexpr GoField kImageFields[] = {
    {"name", &kString}, {"newName", &kString}, {"tagSuffix", &kString}, {"newTag", &kString}, {"digest", &kString}};
constexpr GoStruct kImageStruct{"Image", kImageFields};
constexpr GoType kImage{Is::kStruct, "types.Image", nullptr, &kImageStruct};
constexpr GoType kImages{Is::kList, "[]types.Image", &kImage};

constexpr GoField kReplicaFields[] = {{"name", &kString}, {"count", &kInt64}};
constexpr GoStruct kReplicaStruct{"Replica", kReplicaFields};
constexpr GoType kReplica{Is::kStruct, "types.Replica", nullptr, &kReplicaStruct};
constexpr GoType kReplicas{Is::kList, "[]types.Replica", &kReplica};

constexpr GoField kFieldOptionsFields[] = {
    {"delimiter", &kString}, {"index", &kInt}, {"encoding", &kString}, {"create", &kBool}};
constexpr GoStruct kFieldOptionsStruct{"FieldOptions", kFieldOptionsFields};
constexpr GoType kFieldOptions{Is::kStruct, "types.FieldOptions", nullptr, &kFieldOptionsStruct};

constexpr GoField kSourceFields[] = {
    {"group", &kString, "ResId.Gvk."}, {"version", &kString, "ResId.Gvk."}, {"kind", &kString, "ResId.Gvk."},
    {"name", &kString, "ResId."},      {"namespace", &kString, "ResId."},   {"fieldPath", &kString},
    {"options", &kFieldOptions}};
constexpr GoStruct kSourceStruct{"SourceSelector", kSourceFields};
constexpr GoType kSource{Is::kStruct, "types.SourceSelector", nullptr, &kSourceStruct};

constexpr GoField kTargetFields[] = {
    {"select", &kSelector}, {"reject", &kSelectors}, {"fieldPaths", &kStrings}, {"options", &kFieldOptions}};
constexpr GoStruct kTargetStruct{"TargetSelector", kTargetFields};
constexpr GoType kTarget{Is::kStruct, "types.TargetSelector", nullptr, &kTargetStruct};
constexpr GoType kTargets{Is::kList, "[]*types.TargetSelector", &kTarget};

constexpr GoField kReplacementFields[] = {{"source", &kSource}, {"targets", &kTargets}, {"sourceValue", &kString}};
constexpr GoStruct kReplacementStruct{"Replacement", kReplacementFields};

constexpr GoField kReplacementFieldFields[] = {{"source", &kSource, "Replacement."},
                                               {"targets", &kTargets, "Replacement."},
                                               {"sourceValue", &kString, "Replacement."},
                                               {"path", &kString}};
constexpr GoStruct kReplacementFieldStruct{"ReplacementField", kReplacementFieldFields};
constexpr GoType kReplacementField{Is::kStruct, "types.ReplacementField", nullptr, &kReplacementFieldStruct};
constexpr GoType kReplacementFieldList{Is::kList, "[]types.ReplacementField", &kReplacementField};

constexpr GoField kVarTargetFields[] = {
    {"apiVersion", &kString},     {"group", &kString, "Gvk."}, {"version", &kString, "Gvk."},
    {"kind", &kString, "Gvk."},   {"name", &kString},          {"namespace", &kString}};
constexpr GoStruct kVarTargetStruct{"Target", kVarTargetFields};
constexpr GoType kVarTarget{Is::kStruct, "types.Target", nullptr, &kVarTargetStruct};
constexpr GoField kFieldSelectorFields[] = {{"fieldPath", &kString}};
constexpr GoStruct kFieldSelectorStruct{"FieldSelector", kFieldSelectorFields};
constexpr GoType kFieldSelector{Is::kStruct, "types.FieldSelector", nullptr, &kFieldSelectorStruct};
constexpr GoField kVarFields[] = {{"name", &kString}, {"objref", &kVarTarget}, {"fieldref", &kFieldSelector}};
constexpr GoStruct kVarStruct{"Var", kVarFields};
constexpr GoType kVar{Is::kStruct, "types.Var", nullptr, &kVarStruct};
constexpr GoType kVars{Is::kList, "[]types.Var", &kVar};

constexpr GoType kSortOrder{Is::kString, "types.SortOrder"};
constexpr GoField kLegacySortFields[] = {{"orderFirst", &kStrings}, {"orderLast", &kStrings}};
constexpr GoStruct kLegacySortStruct{"LegacySortOptions", kLegacySortFields};
constexpr GoType kLegacySort{Is::kStruct, "types.LegacySortOptions", nullptr, &kLegacySortStruct};
constexpr GoField kSortFields[] = {{"order", &kSortOrder}, {"legacySortOptions", &kLegacySort}};
constexpr GoStruct kSortStruct{"SortOptions", kSortFields};
constexpr GoType kSort{Is::kStruct, "types.SortOptions", nullptr, &kSortStruct};

constexpr GoField kGeneratorOptionsFields[] = {{"labels", &kStringMap},
                                               {"annotations", &kStringMap},
                                               {"disableNameSuffixHash", &kBool},
                                               {"immutable", &kBool}};
constexpr GoStruct kGeneratorOptionsStruct{"GeneratorOptions", kGeneratorOptionsFields};
constexpr GoType kGeneratorOptions{Is::kStruct, "types.GeneratorOptions", nullptr, &kGeneratorOptionsStruct};

constexpr GoField kSecretFields[] = {{"namespace", &kString, "GeneratorArgs."},
                                     {"name", &kString, "GeneratorArgs."},
                                     {"behavior", &kString, "GeneratorArgs."},
                                     {"literals", &kStrings, "GeneratorArgs.KvPairSources."},
                                     {"files", &kStrings, "GeneratorArgs.KvPairSources."},
                                     {"envs", &kStrings, "GeneratorArgs.KvPairSources."},
                                     {"env", &kString, "GeneratorArgs.KvPairSources."},
                                     {"options", &kGeneratorOptions, "GeneratorArgs."},
                                     {"type", &kString}};
constexpr std::span<const GoField> kConfigMapFields(kSecretFields, 8);
constexpr GoStruct kSecretStruct{"SecretArgs", kSecretFields}, kConfigMapStruct{"ConfigMapArgs", kConfigMapFields};
constexpr GoType kSecretArgs{Is::kStruct, "types.SecretArgs", nullptr, &kSecretStruct};
constexpr GoType kConfigMapArgs{Is::kStruct, "types.ConfigMapArgs", nullptr, &kConfigMapStruct};
constexpr GoType kSecretList{Is::kList, "[]types.SecretArgs", &kSecretArgs};
constexpr GoType kConfigMapList{Is::kList, "[]types.ConfigMapArgs", &kConfigMapArgs};

constexpr GoField kHelmGlobalsFields[] = {{"chartHome", &kString}, {"configHome", &kString}};
constexpr GoStruct kHelmGlobalsStruct{"HelmGlobals", kHelmGlobalsFields};
constexpr GoType kHelmGlobals{Is::kStruct, "types.HelmGlobals", nullptr, &kHelmGlobalsStruct};

constexpr GoField kHelmChartFields[] = {{"name", &kString},
                                        {"version", &kString},
                                        {"repo", &kString},
                                        {"releaseName", &kString},
                                        {"namespace", &kString},
                                        {"additionalValuesFiles", &kStrings},
                                        {"valuesFile", &kString},
                                        {"valuesInline", &kAnyMap},
                                        {"valuesMerge", &kString},
                                        {"includeCRDs", &kBool},
                                        {"skipHooks", &kBool},
                                        {"apiVersions", &kStrings},
                                        {"kubeVersion", &kString},
                                        {"nameTemplate", &kString},
                                        {"skipTests", &kBool},
                                        {"debug", &kBool},
                                        {"devel", &kBool},
                                        // of the plugin only
                                        {"chartHome", &kString},
                                        {"configHome", &kString}};
constexpr GoStruct kHelmChartStruct{"HelmChart", std::span<const GoField>(kHelmChartFields, 17)};
constexpr GoType kHelmChart{Is::kStruct, "types.HelmChart", nullptr, &kHelmChartStruct};
constexpr GoType kHelmCharts{Is::kList, "[]types.HelmChart", &kHelmChart};
constexpr GoStruct kHelmPluginStruct{"HelmChartInflationGeneratorPlugin", kHelmChartFields};

constexpr GoField kHelmArgsFields[] = {
    {"chartName", &kString},     {"chartVersion", &kString}, {"chartRepoUrl", &kString}, {"chartHome", &kString},
    {"chartRepoName", &kString}, {"helmBin", &kString},      {"helmHome", &kString},     {"values", &kString},
    {"valuesLocal", &kAnyMap},   {"valuesMerge", &kString},  {"releaseName", &kString},  {"releaseNamespace", &kString},
    {"extraArgs", &kStrings}};
constexpr GoStruct kHelmArgsStruct{"HelmChartArgs", kHelmArgsFields};
constexpr GoType kHelmArgs{Is::kStruct, "types.HelmChartArgs", nullptr, &kHelmArgsStruct};
constexpr GoType kHelmArgsList{Is::kList, "[]types.HelmChartArgs", &kHelmArgs};

constexpr GoField kKustomizationFields[] = {
    {"kind", &kString, "TypeMeta."},
    {"apiVersion", &kString, "TypeMeta."},
    {"metadata", &kObjectMeta},
    {"openapi", &kStringMap},
    {"namePrefix", &kString},
    {"nameSuffix", &kString},
    {"namespace", &kString},
    {"commonLabels", &kStringMap},
    {"labels", &kLabels},
    {"commonAnnotations", &kStringMap},
    {"patchesStrategicMerge", &kPatchesStrategic},
    {"patchesJson6902", &kPatches},
    {"patches", &kPatches},
    {"images", &kImages},
    {"imageTags", &kImages},
    {"replacements", &kReplacementFieldList},
    {"replicas", &kReplicas},
    {"vars", &kVars},
    {"sortOptions", &kSort},
    {"resources", &kStrings},
    {"components", &kStrings},
    {"crds", &kStrings},
    {"bases", &kStrings},
    {"configMapGenerator", &kConfigMapList},
    {"secretGenerator", &kSecretList},
    {"helmGlobals", &kHelmGlobals},
    {"helmCharts", &kHelmCharts},
    {"helmChartInflationGenerator", &kHelmArgsList},
    {"generatorOptions", &kGeneratorOptions},
    {"configurations", &kStrings},
    {"generators", &kStrings},
    {"transformers", &kStrings},
    {"validators", &kStrings},
    {"buildMetadata", &kStrings},
};
constexpr GoStruct kKustomizationStruct{"Kustomization", kKustomizationFields};

constexpr GoField kNameReferenceFields[] = {{"group", &kString, "Gvk."},
                                            {"version", &kString, "Gvk."},
                                            {"kind", &kString, "Gvk."},
                                            {"fieldSpecs", &kFsSlice}};
constexpr GoStruct kNameReferenceStruct{"NameBackReferences", kNameReferenceFields};
constexpr GoType kNameReference{Is::kStruct, "builtinconfig.NameBackReferences", nullptr, &kNameReferenceStruct};
constexpr GoType kNameReferences{Is::kList, "builtinconfig.nbrSlice", &kNameReference};

constexpr GoField kConfigFields[] = {
    {"namePrefix", &kFsSlice},        {"nameSuffix", &kFsSlice},   {"namespace", &kFsSlice},
    {"commonLabels", &kFsSlice},      {"labels", &kFsSlice},       {"templateLabels", &kFsSlice},
    {"commonAnnotations", &kFsSlice}, {"nameReference", &kNameReferences}, {"varReference", &kFsSlice},
    {"images", &kFsSlice},            {"replicas", &kFsSlice}};
constexpr GoStruct kConfigStruct{"TransformerConfig", kConfigFields};

constexpr GoField kAnnotationsFields[] = {{"annotations", &kStringMap}, {"fieldSpecs", &kFieldSpecs}};
constexpr GoStruct kAnnotationsStruct{"AnnotationsTransformerPlugin", kAnnotationsFields};

constexpr GoField kConfigMapPluginFields[] = {
    {"metadata", &kObjectMeta}, {"namespace", &kString}, {"name", &kString},
    {"behavior", &kString},     {"literals", &kStrings}, {"files", &kStrings},
    {"envs", &kStrings},        {"env", &kString},       {"options", &kGeneratorOptions},
    {"type", &kString}};
constexpr GoStruct kSecretPluginStruct{"SecretGeneratorPlugin", kConfigMapPluginFields};
constexpr GoStruct kConfigMapPluginStruct{"ConfigMapGeneratorPlugin",
                                          std::span<const GoField>(kConfigMapPluginFields, 9)};

constexpr GoField kIamAccountFields[] = {{"name", &kString}, {"projectId", &kString}};
constexpr GoStruct kIamAccountStruct{"ServiceAccount", kIamAccountFields};
constexpr GoType kIamAccount{Is::kStruct, "types.ServiceAccount", nullptr, &kIamAccountStruct};
constexpr GoField kIamServiceFields[] = {{"name", &kString}, {"namespace", &kString}};
constexpr GoStruct kIamServiceStruct{"KubernetesService", kIamServiceFields};
constexpr GoType kIamService{Is::kStruct, "types.KubernetesService", nullptr, &kIamServiceStruct};
constexpr GoType kCloud{Is::kString, "types.Cloud"};
constexpr GoField kIamFields[] = {
    {"cloud", &kCloud}, {"kubernetesService", &kIamService}, {"serviceAccount", &kIamAccount}};
constexpr GoStruct kIamStruct{"IAMPolicyGeneratorPlugin", kIamFields};

constexpr GoField kImageTagFields[] = {{"imageTag", &kImage}, {"fieldSpecs", &kFieldSpecs}};
constexpr GoStruct kImageTagStruct{"ImageTagTransformerPlugin", kImageTagFields};
constexpr GoField kLabelPluginFields[] = {{"labels", &kStringMap}, {"fieldSpecs", &kFieldSpecs}};
constexpr GoStruct kLabelPluginStruct{"LabelTransformerPlugin", kLabelPluginFields};
constexpr GoType kSubjectMode{Is::kString, "namespace.RoleBindingSubjectMode"};
constexpr GoField kNamespaceFields[] = {{"metadata", &kObjectMeta},
                                        {"fieldSpecs", &kFieldSpecs},
                                        {"unsetOnly", &kBool},
                                        {"setRoleBindingSubjects", &kSubjectMode}};
constexpr GoStruct kNamespaceStruct{"NamespaceTransformerPlugin", kNamespaceFields};
constexpr GoField kPatchJsonFields[] = {{"target", &kSelector}, {"path", &kString}, {"jsonOp", &kString}};
constexpr GoStruct kPatchJsonStruct{"PatchJson6902TransformerPlugin", kPatchJsonFields};
constexpr GoStruct kPatchPluginStruct{"PatchTransformerPlugin", kPatchFields};
constexpr GoField kPatchStrategicFields[] = {{"paths", &kPatchesStrategic}, {"patches", &kString}};
constexpr GoStruct kPatchStrategicStruct{"PatchStrategicMergeTransformerPlugin", kPatchStrategicFields};
constexpr GoField kPrefixFields[] = {{"prefix", &kString}, {"fieldSpecs", &kFsSlice}};
constexpr GoStruct kPrefixStruct{"PrefixTransformerPlugin", kPrefixFields};
constexpr GoField kPrefixSuffixFields[] = {{"prefix", &kString}, {"suffix", &kString}, {"fieldSpecs", &kFsSlice}};
constexpr GoStruct kPrefixSuffixStruct{"PrefixTransformerPlugin", kPrefixSuffixFields};
constexpr GoField kSuffixFields[] = {{"suffix", &kString}, {"fieldSpecs", &kFsSlice}};
constexpr GoStruct kSuffixStruct{"SuffixTransformerPlugin", kSuffixFields};
// The one field without a tag: errors show the configuration with a capital.
constexpr GoField kReplacementPluginFields[] = {{"Replacements", &kReplacementFieldList}};
constexpr GoStruct kReplacementPluginStruct{"ReplacementTransformerPlugin", kReplacementPluginFields};
constexpr GoField kReplicaPluginFields[] = {{"replica", &kReplica}, {"fieldSpecs", &kFieldSpecs}};
constexpr GoStruct kReplicaPluginStruct{"ReplicaCountTransformerPlugin", kReplicaPluginFields};
constexpr GoField kValueAddTargetFields[] = {
    {"selector", &kSelector}, {"fieldPath", &kString}, {"filePathPosition", &kInt}};
constexpr GoStruct kValueAddTargetStruct{"Target", kValueAddTargetFields};
constexpr GoType kValueAddTarget{Is::kStruct, "builtins.Target", nullptr, &kValueAddTargetStruct};
constexpr GoType kValueAddTargetList{Is::kList, "[]builtins.Target", &kValueAddTarget};
constexpr GoField kValueAddFields[] = {
    {"targets", &kValueAddTargetList}, {"value", &kString}, {"targetFilePath", &kString}};
constexpr GoStruct kValueAddStruct{"ValueAddTransformerPlugin", kValueAddFields};
constexpr GoStruct kValueAddFileStruct{"", std::span<const GoField>(kValueAddFields, 1)};

constexpr GoType structure(std::string_view name, const GoStruct* fields) {
  return {Is::kStruct, name, nullptr, fields};
}

}  // namespace

const GoType kKustomization = structure("types.Kustomization", &kKustomizationStruct);
const GoType kTransformerConfig = structure("builtinconfig.TransformerConfig", &kConfigStruct);
const GoType kReplacement = structure("types.Replacement", &kReplacementStruct);
const GoType kReplacementList{Is::kList, "[]types.Replacement", &kReplacement};

const GoType kAnnotationsPlugin = structure("builtins.AnnotationsTransformerPlugin", &kAnnotationsStruct);
const GoType kConfigMapPlugin = structure("builtins.ConfigMapGeneratorPlugin", &kConfigMapPluginStruct);
const GoType kHelmPlugin = structure("builtins.HelmChartInflationGeneratorPlugin", &kHelmPluginStruct);
const GoType kIamPolicyPlugin = structure("builtins.IAMPolicyGeneratorPlugin", &kIamStruct);
const GoType kImageTagPlugin = structure("builtins.ImageTagTransformerPlugin", &kImageTagStruct);
const GoType kLabelPlugin = structure("builtins.LabelTransformerPlugin", &kLabelPluginStruct);
const GoType kNamespacePlugin = structure("builtins.NamespaceTransformerPlugin", &kNamespaceStruct);
const GoType kPatchJsonPlugin = structure("builtins.PatchJson6902TransformerPlugin", &kPatchJsonStruct);
const GoType kPatchPlugin = structure("builtins.PatchTransformerPlugin", &kPatchPluginStruct);
const GoType kPatchStrategicPlugin =
    structure("builtins.PatchStrategicMergeTransformerPlugin", &kPatchStrategicStruct);
const GoType kPrefixPlugin = structure("builtins.PrefixTransformerPlugin", &kPrefixStruct);
const GoType kPrefixSuffixPlugin = structure("builtins.PrefixTransformerPlugin", &kPrefixSuffixStruct);
const GoType kReplacementPlugin = structure("builtins.ReplacementTransformerPlugin", &kReplacementPluginStruct);
const GoType kReplicaPlugin = structure("builtins.ReplicaCountTransformerPlugin", &kReplicaPluginStruct);
const GoType kSecretPlugin = structure("builtins.SecretGeneratorPlugin", &kSecretPluginStruct);
const GoType kSuffixPlugin = structure("builtins.SuffixTransformerPlugin", &kSuffixStruct);
const GoType kValueAddPlugin = structure("builtins.ValueAddTransformerPlugin", &kValueAddStruct);
const GoType kValueAddTargets = structure("struct", &kValueAddFileStruct);

}  // namespace taut::kustomize::types
