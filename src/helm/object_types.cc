#include "helm/object_types.hh"

#include <array>
#include <map>

#include "base/base64.hh"
#include "base/strings.hh"
#include "lang/glob/glob.hh"
#include "lang/gotmpl/function.hh"
#include "tree/path.hh"
#include "yaml/writer.hh"

namespace taut::helm::types {

namespace {

using gotmpl::Call;
using gotmpl::Function;
using gotmpl::Kind;
using gotmpl::Map;
using gotmpl::Type;

std::string_view content(Call& call) {
  gotmpl::Value file = call.receiver.map().get(call.text(0));
  return file.is_valid() ? file.as_text() : std::string_view();
}

Result<gotmpl::Value> get(Call& call) { return gotmpl::Value::text(content(call)); }

Result<gotmpl::Value> get_bytes(Call& call) { return gotmpl::Value::bytes(content(call)); }

Result<gotmpl::Value> glob(Call& call) {
  auto pattern = Glob::compile(call.text(0), "/");
  if (!pattern) pattern = Glob::compile("**");
  const Map& files = call.receiver.map();
  Map& out = call.heap.map(kFiles);
  for (size_t i = 0; i < files.size(); ++i) {
    if (pattern->matches(files.key(i))) out.set(files.key(i), files.value(i));
  }
  return gotmpl::Value(&out);
}

// The files by their base names, as YAML; of equal names the last.
template <class Transform>
gotmpl::Value as_yaml(Call& call, Transform transform) {
  const Map& files = call.receiver.map();
  taut::Value out = taut::Value::map();
  for (size_t i = 0; i < files.size(); ++i) out.set(base_name(files.key(i)), transform(files.value(i).as_text()));
  std::string text = to_yaml(out);
  if (text.ends_with('\n')) text.pop_back();
  return call.heap.text(text);
}

Result<gotmpl::Value> as_config(Call& call) {
  return as_yaml(call, [](std::string_view text) { return replace_invalid_utf8(text); });
}

Result<gotmpl::Value> as_secrets(Call& call) {
  return as_yaml(call, [](std::string_view text) { return base64_encode(text); });
}

Result<gotmpl::Value> lines(Call& call) {
  gotmpl::List& out = call.heap.list(gotmpl::types::kStrings);
  gotmpl::Value file = call.receiver.map().get(call.text(0));
  if (!file.is_valid()) return gotmpl::Value(&out);
  std::string_view text = file.as_text();
  if (text.empty()) return fail(Code::kInvalid, "runtime error: index out of range [-1]");
  if (text.ends_with('\n')) text.remove_suffix(1);
  for (std::string_view line : split(text, '\n')) out.push(gotmpl::Value::text(line));
  return gotmpl::Value(&out);
}

constexpr std::array kFileMethods = {
    Function{"AsConfig", "", as_config, "2.5"},
    Function{"AsSecrets", "", as_secrets, "2.5"},
    Function{"Get", "string", get, "2.5"},
    Function{"GetBytes", "string", get_bytes, "2.5"},
    Function{"Glob", "string", glob, "2.5: an invalid pattern takes all"},
    Function{"Lines", "string", lines, "2.5: one trailing newline dropped"},
};

Result<gotmpl::Value> has(Call& call) {
  const gotmpl::List& versions = call.receiver.list();
  for (size_t i = 0; i < versions.size(); ++i) {
    if (versions.at(i).as_text() == call.text(0)) return gotmpl::Value::boolean(true);
  }
  return gotmpl::Value::boolean(false);
}

constexpr std::array kVersionMethods = {Function{"Has", "string", has, "2.2 step 5: membership"}};

Result<gotmpl::Value> git_version(Call& call) { return call.receiver.object().at(0); }
Result<gotmpl::Value> normalized(Call& call) { return call.receiver.object().at(1); }

constexpr std::array kKubeVersionMethods = {
    Function{"GitVersion", "", git_version, "2.2 step 5"},
    Function{"String", "", normalized, "2.2 step 5: the normalized form"},
};

constexpr std::array<std::string_view, 4> kKubeVersionFields = {"Version", "normalizedVersion", "Major", "Minor"};
constexpr std::array<std::string_view, 3> kCapabilitiesFields = {"KubeVersion", "APIVersions", "HelmVersion"};
constexpr std::array<std::string_view, 5> kBuildInfoFields = {"Version", "GitCommit", "GitTreeState", "GoVersion",
                                                              "KubeClientVersion"};
constexpr std::array<std::string_view, 5> kBuildInfoJson = {"version", "", "", "", "kube_client_version"};

std::string kube_version_text(const gotmpl::Value& self) { return std::string(self.object().at(1).as_text()); }

}  // namespace

const Type kFiles = {.kind = Kind::kMap,
                     .name = "engine.files",
                     .element = &gotmpl::types::kBytes,
                     .methods = kFileMethods};
const Type kVersionSet = {.kind = Kind::kList,
                          .name = "common.VersionSet",
                          .element = &gotmpl::types::kString,
                          .methods = kVersionMethods};
const Type kKubeVersion = {.kind = Kind::kStruct,
                           .name = "common.KubeVersion",
                           .fields = kKubeVersionFields,
                           .methods = kKubeVersionMethods,
                           .stringer = kube_version_text,
                           .pointer_stringer = true};
const Type kCapabilities = {.kind = Kind::kStruct,
                            .name = "*common.Capabilities",
                            .fields = kCapabilitiesFields,
                            .pointer = true};
const Type kBuildInfo = {.kind = Kind::kStruct,
                         .name = "version.BuildInfo",
                         .fields = kBuildInfoFields,
                         .json_fields = kBuildInfoJson};

}  // namespace taut::helm::types
