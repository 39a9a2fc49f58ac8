// Reading and merging; what a context means is in kubeconfig.cc.
#include "base/base64.hh"
#include "io/kube/kubeconfig.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::kube {
namespace {

std::string folder_of(const std::string& file) {
  size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

// Reads fields of one map; the first wrong one becomes the error.
class Fields {
 public:
  Fields(const Document& document, const std::string& file, std::string pointer, const Value& value,
         std::optional<Error>& error)
      : document_(document), file_(file), pointer_(std::move(pointer)), value_(value), error_(error) {
    if (!value_.is_null() && !value_.is_map()) refuse("", "must be a map");
  }

  std::string text(const char* key) { return read(key, &Value::is_string, "a string").str(); }
  bool flag(const char* key) { return read(key, &Value::is_bool, "true or false").as_bool(); }
  std::string path(const char* key) {
    std::string out = text(key);
    return out.empty() || out[0] == '/' ? out : folder_of(file_) + out;
  }
  std::string base64(const char* key) {
    auto bytes = base64_decode(text(key));
    if (!bytes) refuse(key, "illegal base64 data");
    return bytes.value_or("");
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> out;
    each(
        key,
        [&](Fields& item) {
          if (!item.value_.is_string()) item.refuse("", "must be a string");
          out.push_back(item.value_.str());
        },
        false);
    return out;
  }
  Fields map(const char* key) { return {document_, file_, pointer_ + '/' + key, value_[key], error_}; }
  bool has(const char* key) const { return !value_[key].is_null(); }
  const Value& value() const { return value_; }
  Position position() const { return document_.position(pointer_, file_); }

  template <class Read>
  void each(const char* key, Read read_item, bool maps = true) {
    const Value& list = read(key, &Value::is_list, "a list");
    for (size_t i = 0; i < list.size(); ++i) {
      std::string pointer = fmt::format("{}/{}/{}", pointer_, key, i);
      Fields item = maps ? Fields(document_, file_, pointer, list[i], error_) : Fields(*this, pointer, list[i]);
      read_item(item);
    }
  }

  void refuse(std::string_view key, std::string_view why) {
    if (error_) return;
    std::string pointer = key.empty() ? pointer_ : fmt::format("{}/{}", pointer_, key);
    Position position = document_.position(pointer, file_);
    error_ =
        Error(Code::kInvalid, fmt::format("error loading config file \"{}\": {}: {}", file_, position.path, why))
            .at(position);
  }

 private:
  Fields(const Fields& parent, std::string pointer, const Value& value)
      : document_(parent.document_),
        file_(parent.file_),
        pointer_(std::move(pointer)),
        value_(value),
        error_(parent.error_) {}

  const Value& read(const char* key, bool (Value::*is)() const noexcept, const char* wanted) {
    static const Value nothing;
    const Value& value = value_[key];
    if (value.is_null() || (value.*is)()) return value;
    refuse(key, fmt::format("must be {}, not a {}", wanted, kind_name(value.kind())));
    return nothing;
  }

  const Document& document_;
  const std::string& file_;
  std::string pointer_;
  const Value& value_;
  std::optional<Error>& error_;
};

ClusterEntry read_cluster(Fields fields) {
  ClusterEntry out;
  out.server = fields.text("server");
  out.authority_file = fields.path("certificate-authority");
  out.authority_data = fields.base64("certificate-authority-data");
  out.insecure = fields.flag("insecure-skip-tls-verify");
  out.tls_server_name = fields.text("tls-server-name");
  out.proxy_url = fields.text("proxy-url");
  out.disable_compression = fields.flag("disable-compression");
  fields.each("extensions", [&](Fields& item) {
    if (item.text("name") == "client.authentication.k8s.io/exec") out.exec_config = item.value()["extension"];
  });
  out.position = fields.position();
  return out;
}

ExecPlugin read_exec(Fields fields) {
  ExecPlugin out;
  out.command = fields.text("command");
  // A name without a slash is looked up in PATH; with one it is relative to the file.
  if (out.command.find('/') != std::string::npos) out.command = fields.path("command");
  out.args = fields.texts("args");
  fields.each("env", [&](Fields& item) { out.env.emplace_back(item.text("name"), item.text("value")); });
  out.api_version = fields.text("apiVersion");
  out.install_hint = fields.text("installHint");
  out.interactive_mode = fields.text("interactiveMode");
  out.provide_cluster_info = fields.flag("provideClusterInfo");
  if (out.command.empty()) fields.refuse("command", "command must be specified to use exec authentication plugin");
  if (out.api_version.empty())
    fields.refuse("apiVersion", "apiVersion must be specified to use exec authentication plugin");
  bool v1 = out.api_version == "client.authentication.k8s.io/v1";
  if (!v1 && out.api_version != "client.authentication.k8s.io/v1beta1" && !out.api_version.empty())
    fields.refuse("apiVersion", fmt::format("exec plugin: invalid apiVersion \"{}\"", out.api_version));
  if (v1 && out.interactive_mode.empty())
    fields.refuse("interactiveMode", "interactiveMode must be specified to use exec authentication plugin");
  return out;
}

UserEntry read_user(Fields fields) {
  UserEntry out;
  out.certificate_file = fields.path("client-certificate");
  out.certificate_data = fields.base64("client-certificate-data");
  out.key_file = fields.path("client-key");
  out.key_data = fields.base64("client-key-data");
  out.auth.token = fields.text("token");
  out.auth.token_file = fields.path("tokenFile");
  out.auth.username = fields.text("username");
  out.auth.password = fields.text("password");
  out.auth.impersonate.user = fields.text("as");
  out.auth.impersonate.uid = fields.text("as-uid");
  out.auth.impersonate.groups = fields.texts("as-groups");
  Fields extra = fields.map("as-user-extra");
  for (const auto& entry : extra.value().entries())
    for (const auto& value : extra.texts(std::string(entry.key()).c_str()))
      out.auth.impersonate.extra.emplace_back(entry.key(), value);
  if (fields.has("exec")) out.auth.exec = read_exec(fields.map("exec"));
  if (fields.has("auth-provider")) out.auth_provider = fields.map("auth-provider").text("name");
  out.position = fields.position();
  return out;
}

ContextEntry read_context(Fields fields) {
  return {fields.text("cluster"), fields.text("user"), fields.text("namespace"), fields.position()};
}

template <class Entry, class Read>
std::map<std::string, Entry> read_named(Fields& root, const char* list, const char* inner, Read read) {
  std::map<std::string, Entry> out;
  root.each(list, [&](Fields& item) {
    std::string name = item.text("name");
    if (!out.emplace(name, read(item.map(inner))).second)
      item.refuse("name", fmt::format("duplicate name \"{}\" in list", name));
  });
  return out;
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig(std::string_view text, const std::string& file) {
  YamlOptions options;
  options.reject_duplicate_keys = false;
  auto document = parse_yaml_document(text, options);
  if (!document) {
    Position position = document.error().position();
    position.file = file;
    return fail(
        Error(Code::kInvalid, fmt::format("error loading config file \"{}\": {}", file, document.error().message()))
            .at(position));
  }
  std::optional<Error> error;
  Kubeconfig out;
  Fields root(*document, file, "", document->root, error);
  std::string kind = root.text("kind");
  if (!kind.empty() && kind != "Config")
    root.refuse("kind", fmt::format("no kind \"{}\" is registered for version \"v1\"", kind));
  out.clusters = read_named<ClusterEntry>(root, "clusters", "cluster", read_cluster);
  out.users = read_named<UserEntry>(root, "users", "user", read_user);
  out.contexts = read_named<ContextEntry>(root, "contexts", "context", read_context);
  out.current_context = root.text("current-context");
  if (error) return fail(std::move(*error));
  return out;
}

void merge_kubeconfig(Kubeconfig& base, Kubeconfig more) {
  base.clusters.merge(more.clusters);
  base.users.merge(more.users);
  base.contexts.merge(more.contexts);
  if (base.current_context.empty()) base.current_context = std::move(more.current_context);
}

}  // namespace taut::kube
