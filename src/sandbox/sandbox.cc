#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>

#include <fstream>

#include "base/base64.hh"
#include "base/log.hh"
#include "sandbox/api.hh"
#include "sandbox/audit.hh"
#include "sandbox/copied_cluster.hh"
#include "sandbox/definitions.hh"
#include "sandbox/faults.hh"
#include "sandbox/http_server.hh"
#include "sandbox/import.hh"
#include "sandbox/journal.hh"
#include "sandbox/lifecycle.hh"
#include "sandbox/local_client.hh"
#include "sandbox/seed.hh"
#include "sandbox/server.hh"
#include "sandbox/workloads/workloads.hh"
#include "yaml/writer.hh"

namespace taut::sandbox {
namespace {

class SandboxServer : public Sandbox {
 public:
  explicit SandboxServer(const SandboxOptions& options)
      : options_(options), cluster_(options.event_log_capacity), token_(options.token.empty() ? random_hex(16) : options.token),
        api_(cluster_, token_, {options.requests_per_second, options.max_watches}), lifecycle_(cluster_, api_.writer()), dispatcher_(cluster_) {}
  ~SandboxServer() override { stop(); }

  Status open() {
    cluster_.store.on_commit([this] {
      lifecycle_.notify();
      dispatcher_.notify();
    });
    cluster_.service_accounts = options_.workloads;
    if (!options_.fault_file.empty()) TAUT_TRY(load_faults());
    if (!options_.audit_file.empty()) {
      TAUT_ASSIGN(cluster_.audit, AuditLog::open(options_.audit_file));
    }
    if (options_.tls) {
      TAUT_ASSIGN(tls_, make_tls_material({options_.address, "localhost", "127.0.0.1", "kubernetes", "kubernetes.default.svc"}));
    }
    if (!options_.data_file.empty()) TAUT_TRY(restore());
    import();
    seed(cluster_, api_.writer());
    HttpOptions http{.address = options_.address, .port = options_.port, .tls = options_.tls ? &tls_ : nullptr,
                     .max_body = kMostBody, .max_connections = options_.max_connections};
    lifecycle_.start();
    dispatcher_.start();
    if (options_.workloads) TAUT_TRY(start_workloads());
    TAUT_ASSIGN(http_, start_http_server(http, [this](const Request& request) { return answer(request); }));
    port_ = http_->port();
    if (!options_.kubeconfig_path.empty()) TAUT_TRY(write_kubeconfig());
    return {};
  }

  std::string kubeconfig() const override {
    Value cluster = Value::map({{"server", address()}});
    if (options_.tls) cluster.set("certificate-authority-data", base64_encode(tls_.ca_pem));
    Value context = Value::map({{"cluster", "taut-sandbox"}, {"user", "taut-sandbox"}});
    auto named = [](const char* key, Value value) { return Value::list({Value::map({{"name", "taut-sandbox"}, {key, std::move(value)}})}); };
    return to_yaml(Value::map({{"apiVersion", "v1"}, {"kind", "Config"}, {"current-context", "taut-sandbox"}, {"preferences", Value::map()},
                               {"clusters", named("cluster", cluster)}, {"contexts", named("context", context)},
                               {"users", named("user", Value::map({{"token", token_}}))}}));
  }
  std::string address() const override {
    return fmt::format("{}://{}:{}", options_.tls ? "https" : "http", options_.address, port_);
  }
  const std::string& token() const override { return token_; }
  const ImportReport& imported() const override { return imported_; }
  ClientPtr client(std::string manager) override {
    return make_local_client(cluster_, api_.writer(), dispatcher_, std::move(manager));
  }
  // In the order in which a change goes through them, so that none slips past.
  bool is_at_rest(Duration span) override {
    return dispatcher_.is_done() && lifecycle_.is_done() && !(workloads_ && workloads_->has_work(span)) && dispatcher_.is_done();
  }
  Status set_faults(std::string_view text) override { return faults_.load(text); }

  void stop() override {
    if (http_) http_->stop();
    workloads_.reset();
    dispatcher_.stop();
    lifecycle_.stop();
  }

 private:
  Response answer(const Request& request) {
    RequestInfo info = parse_request(request, Query(request.query));
    return faults_.apply(request, info, [&] { return api_.handle(request); });
  }

  Status load_faults() {
    std::ifstream file(options_.fault_file);
    if (!file) return fail(Code::kNotFound, "cannot read the fault file {}", options_.fault_file);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (auto loaded = faults_.load(text); !loaded) {
      Position position = loaded.error().position();
      position.file = options_.fault_file;
      return fail(std::move(loaded).error().at(std::move(position)));
    }
    return {};
  }

  // What the data file holds; then what follows from it but is not stored.
  Status restore() {
    Identity identity{token_, tls_, random_hex(32)};
    TAUT_TRY(open_journal(cluster_, options_.data_file, identity));
    // A token that was asked for counts; one that was made up gives way to the one that clients know.
    if (options_.token.empty()) token_ = identity.token;
    tls_ = identity.tls;
    api_.authenticator().set_admin_token(token_);
    api_.authenticator().set_signing_key(identity.signing_key);
    auto definitions = cluster_.store.list(std::string(kDefinitions), "", "", 0, 0);
    if (definitions)
      for (const ItemPtr& item : definitions->items) settle_definition(cluster_, {std::string(kDefinitions), std::string(name_of(item->object()))});
    auto services = cluster_.store.list("services", "", "", 0, 0);
    if (services)
      for (const ItemPtr& item : services->items) cluster_.addresses.adopt(item->object());
    return {};
  }

  void import() {
    std::vector<Value> objects = std::exchange(options_.objects, {});
    if (objects.empty()) return;
    // What was deleted or changed in the copy since must not come back.
    imported_.repeated = cluster_.store.revision() > 1;
    if (!imported_.repeated) imported_ = import_objects(cluster_, api_.writer(), std::move(objects), options_.import_secrets);
  }

  Status start_workloads() {
    workloads::Options wanted;
    wanted.speed = options_.workload_speed;
    wanted.hurry_deadlines = options_.hurry_deadlines;
    wanted.root_certificate = tls_.ca_pem;
    if (!options_.image_faults.empty()) {
      std::ifstream file(options_.image_faults);
      if (!file) return fail(Code::kNotFound, "cannot read the list of image faults {}", options_.image_faults);
      std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      TAUT_ASSIGN(wanted.faults, workloads::parse_image_faults(text));
    }
    adapt_to_copy(cluster_, wanted);
    workloads_ = workloads::Workloads::start([this](std::string manager) { return client(std::move(manager)); }, std::move(wanted));
    return {};
  }

  // Readable by this user only, and there at once with all its text: whoever waits for the file may read it.
  Status write_kubeconfig() {
    const std::string& path = options_.kubeconfig_path;
    std::string unfinished = path + ".new";
    int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    std::string text = kubeconfig();
    bool written = file >= 0 && ::fchmod(file, 0600) == 0 &&
                   ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) ::close(file);
    if (!written || ::rename(unfinished.c_str(), path.c_str()) != 0)
      return fail(Code::kUnavailable, "cannot write {}: {}", path, std::strerror(errno));
    return {};
  }

  SandboxOptions options_;
  Cluster cluster_;
  std::string token_;
  Api api_;
  Faults faults_;
  Lifecycle lifecycle_;
  Dispatcher dispatcher_;
  TlsMaterial tls_;
  ImportReport imported_;
  std::unique_ptr<workloads::Workloads> workloads_;
  std::unique_ptr<HttpServer> http_;
  uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<Sandbox>> start(const SandboxOptions& options) {
  auto server = std::make_unique<SandboxServer>(options);
  TAUT_TRY(server->open());
  return server;
}

}  // namespace taut::sandbox
