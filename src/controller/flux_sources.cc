#include "controller/flux_sources.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/log.hh"
#include "controller/due_loop.hh"
#include "dialect/flux/git_repository.hh"
#include "dialect/flux/git_verify.hh"
#include "value/patch.hh"

namespace taut::controller {
namespace {

using flux::SourceError;
using flux::SourceOutcome;
using flux::SourceRef;

constexpr std::array<std::string_view, 5> kKinds = {"GitRepository", "OCIRepository", "Bucket", "HelmRepository", "HelmChart"};

SourceRef ref_of(const Gvk& gvk, const Value& object) {
  return {gvk.kind, std::string(namespace_of(object)), std::string(name_of(object))};
}

// A registry of charts has no index to keep: it is asked when a chart is.
bool is_static(const SourceRef& ref, const Value& object) { return ref.kind == "HelmRepository" && flux::is_oci(object); }

bool suspended(const Value& object) { return object["spec"]["suspend"].as_bool(); }

// Whether the two ask for the same at the same time.
bool same_wish(const Value& a, const Value& b) {
  return a["spec"] == b["spec"] && a["metadata"]["uid"] == b["metadata"]["uid"] &&
         annotation_of(a, flux::kRequestedAt) == annotation_of(b, flux::kRequestedAt);
}

Duration interval_of(const Value& object) {
  return std::max<Duration>(parse_go_duration(object["spec"]["interval"].as_string()).value_or(std::chrono::minutes(1)),
                            std::chrono::seconds(1));
}

}  // namespace

FluxSources::FluxSources(FluxSourceOptions options, Cluster& cluster, flux::Artifacts& artifacts, const Clock& clock)
    : options_(std::move(options)),
      cluster_(cluster),
      artifacts_(artifacts),
      clock_(clock),
      pool_(std::max<size_t>(1, options_.processors)) {}

FluxSources::~FluxSources() { stop(); }

void FluxSources::start() {
  thread_ = std::thread([this] { loop(); });
  for (std::string_view kind : kKinds) {
    Gvk gvk = flux::source_gvk(kind);
    watches_.push_back(cluster_.watch(gvk, {}, [this, gvk](WatchEvent event) { take(gvk, event); }));
  }
}

void FluxSources::stop() {
  watches_.clear();
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  pool_.stop();
}

void FluxSources::take(const Gvk& gvk, const WatchEvent& event) {
  if (event.type == WatchEvent::Type::kFailed) return;
  std::lock_guard lock(mutex_);
  changed_.notify_all();
  if (event.type == WatchEvent::Type::kSynced) {
    listed_.insert(gvk.kind);
    return;
  }
  SourceRef ref = ref_of(gvk, event.object);
  if (event.type == WatchEvent::Type::kDeleted) {
    entries_.erase(ref);
    artifacts_.remove(ref);
    return;
  }
  auto [it, fresh] = entries_.try_emplace(ref);
  Entry& entry = it->second;
  bool changed = fresh || !same_wish(entry.object, event.object);
  if (changed) entry.due = Time{};
  entry.object = event.object;
  if (changed && ref.kind == "HelmRepository") hurry_charts(ref);
}

void FluxSources::notify(const std::string& url) {
  std::lock_guard lock(mutex_);
  for (auto& [ref, entry] : entries_)
    if (entry.object["spec"]["url"].as_string() == url) entry.due = Time{};
  changed_.notify_all();
}

// What is being asked already is asked again afterwards if it became due meanwhile.
void FluxSources::loop() {
  run_due(mutex_, changed_, stopping_, clock_, entries_, [this](const SourceRef& ref, Entry& entry) {
    entry.due = Time::max();
    pool_.run([this, ref, object = entry.object, failures = entry.failures] { reconcile(ref, object, failures); });
  });
}

void FluxSources::reconcile(const SourceRef& ref, Value object, int failures) {
  Duration pause = interval_of(object);
  if ((suspended(object) && artifacts_.find(ref)) || is_static(ref, object)) {
    pause = std::chrono::hours(24);
  } else {
    SourceOutcome outcome = fetch(ref, object);
    auto before = artifacts_.find(ref);
    bool fresh = outcome.artifact && (!before || before->revision != outcome.artifact->revision || before->digest != outcome.artifact->digest);
    if (fresh) artifacts_.put(ref, *outcome.artifact);
    failures = outcome.error ? failures + 1 : 0;
    if (!outcome.error) pause = flux::jittered(pause, ref.to_string());
    if (outcome.error) pause = outcome.error->stalled ? pause : flux::source_retry(failures);
    if (fresh) hurry_including(ref);
    bool written = true;
    if (!suspended(object)) {
      std::vector<flux::Note> notes;
      Value status = flux::source_status(object, outcome, clock_.now(), notes);
      Value patch = make_merge_patch(object["status"].is_map() ? object["status"] : Value::map(), status);
      if (!patch.empty()) written = write(ref, Value::map({{"status", std::move(patch)}}), "status");
      for (const auto& note : notes)
        if (options_.record_note) options_.record_note(flux::event_of(object, note));
    }
    if (!written) pause = std::chrono::seconds(1);
  }
  std::lock_guard lock(mutex_);
  auto it = entries_.find(ref);
  if (it == entries_.end()) {
    artifacts_.remove(ref);
    return;
  }
  it->second.busy = false;
  it->second.failures = failures;
  it->second.due = std::min(it->second.due, clock_.now() + pause);
  changed_.notify_all();
}

// Whoever copies files of this source into its own artifact, and charts that are made of it.
void FluxSources::hurry_including(const SourceRef& ref) {
  std::lock_guard lock(mutex_);
  hurry_charts(ref);
  for (auto& [other, entry] : entries_) {
    auto included = flux::included_by(entry.object);
    if (std::ranges::find(included, ref) != included.end()) entry.due = Time{};
  }
}

SourceOutcome FluxSources::fetch(const SourceRef& ref, const Value& object) {
  SourceOutcome out;
  if (ref.kind == "GitRepository") {
    out.error = flux::unsupported_git_field(object["spec"]);
    if (!out.error) fetch_git(ref, object, out);
  } else if (ref.kind == "OCIRepository") {
    out.error = flux::unsupported_oci_field(object["spec"]);
    if (!out.error) fetch_oci(ref, object, out);
  } else if (ref.kind == "Bucket") {
    out.error = flux::unsupported_bucket_field(object["spec"]);
    if (!out.error) fetch_bucket(ref, object, out);
  } else if (ref.kind == "HelmRepository") {
    fetch_index(object, out);
  } else if (ref.kind == "HelmChart") {
    out = fetch_chart(object);
  } else {
    out.error = flux::fetch_failed(std::string(flux::kUnsupportedField), fmt::format("kind {} is not supported yet", ref.kind));
    out.error->stalled = true;
  }
  return out;
}

void FluxSources::fetch_git(const SourceRef& ref, const Value& object, SourceOutcome& out) {
  auto access = access_of(object);
  if (!access) {
    out.error = flux::fetch_failed("AuthenticationFailed", access.error().message());
    return;
  }
  out.error = flux::check_provider(object, *access);
  if (out.error) return;
  auto repositories = options_.open(*access);
  if (suspended(object)) {
    out.artifact = flux::restore_git(object, *repositories, artifacts_);
    return;
  }
  auto fetched = flux::fetch_git(object, *repositories, artifacts_);
  if (fetched) out.error = verify(object, *fetched, *repositories, out);
  if (fetched && !out.error) {
    out.artifact = std::move(*fetched);
    return;
  }
  if (!fetched) out.error = fetched.error();
  if (!artifacts_.find(ref)) out.artifact = flux::restore_git(object, *repositories, artifacts_);
}

// What was fetched counts only with the signatures that the spec asks for.
std::optional<flux::SourceError> FluxSources::verify(const Value& object, const flux::Artifact& artifact, Repositories& repositories, SourceOutcome& out) {
  out.observed.set("sourceVerificationMode", nullptr);
  if (!flux::wants_verification(object["spec"])) return std::nullopt;
  std::string ns(namespace_of(object));
  auto keys = cluster_.get({{"", "v1", "Secret"}, ns, object["spec"]["verify"]["secretRef"]["name"].str()});
  if (!keys)
    return flux::SourceError{std::string(flux::kSourceVerified), "VerificationError", fmt::format("public keys secret error: {}", keys.error().message())};
  auto verified = flux::verify_git(object, artifact, *keys, repositories);
  if (!verified) return verified.error();
  out.verified = std::move(*verified);
  std::string mode = object["spec"]["verify"]["mode"].str();
  out.observed.set("sourceVerificationMode", mode == "head" ? "HEAD" : mode);
  return std::nullopt;
}

void FluxSources::fetch_oci(const SourceRef& ref, const Value& object, SourceOutcome& out) {
  auto place = place_of(object);
  if (!place) {
    bool url = place.error().code() == Code::kInvalid;
    std::string wrong = url ? fmt::format("URL validation failed for '{}': ", object["spec"]["url"].as_string()) : std::string();
    out.error = flux::fetch_failed(url ? "URLInvalid" : "AuthenticationFailed", wrong + place.error().message());
    out.error->stalled = url;
    return;
  }
  auto client = options_.open_oci(*place);
  auto fetched = flux::fetch_oci(object, *client, artifacts_.find(ref));
  if (!fetched) {
    out.error = fetched.error();
    return;
  }
  out.artifact = std::move(*fetched);
  out.message = fmt::format("stored artifact for digest '{}'", out.artifact->revision);
  out.event_message = fmt::format("stored artifact with revision '{}' from '{}'", out.artifact->revision, object["spec"]["url"].as_string());
}

void FluxSources::fetch_bucket(const SourceRef& ref, const Value& object, SourceOutcome& out) {
  auto place = bucket_of(object);
  if (!place) {
    out.error = flux::fetch_failed("AuthenticationFailed", place.error().message());
    return;
  }
  auto client = options_.open_bucket(*place);
  auto fetched = flux::fetch_bucket(object, *client, artifacts_.find(ref));
  if (!fetched) {
    out.error = fetched.error();
    return;
  }
  out.artifact = std::move(fetched->artifact);
  out.message = fmt::format("stored artifact: revision '{}'", out.artifact->revision);
  out.event_message = fmt::format("stored artifact with {} fetched files from '{}' bucket", fetched->files, place->bucket);
}

// The Secret that a field of the spec names, in the object's namespace; null when there is no such field.
Result<Value> FluxSources::secret(const Value& object, std::string_view field) {
  std::string name = object["spec"][field]["name"].str();
  if (name.empty()) return Value();
  std::string ns(namespace_of(object));
  auto found = cluster_.get({{"", "v1", "Secret"}, ns, name});
  if (found) return found;
  return fail(found.error().code(), "failed to get secret '{}/{}': {}", ns, name, found.error().message());
}

Result<flux::SourceAccess> FluxSources::access_of(const Value& object) {
  flux::SourceAccess out;
  TAUT_ASSIGN(Value login, secret(object, "secretRef"));
  if (!login.is_null()) {
    TAUT_ASSIGN(out, flux::read_access(login, object["spec"]["url"].as_string()));
  }
  TAUT_TRY(add_proxy_and_tls(object, out));
  return out;
}

Status FluxSources::add_proxy_and_tls(const Value& object, flux::SourceAccess& access) {
  TAUT_ASSIGN(Value proxy, secret(object, "proxySecretRef"));
  if (!proxy.is_null()) {
    TAUT_ASSIGN(access.proxy, flux::read_proxy(proxy));
  }
  TAUT_ASSIGN(Value certificates, secret(object, "certSecretRef"));
  if (certificates.is_null()) return {};
  TAUT_ASSIGN(auto read, flux::read_access(certificates, "https://"));
  access.ca_certificates = read.ca_certificates;
  access.client_certificate = read.client_certificate;
  access.client_key = read.client_key;
  return {};
}

Result<flux::OciPlace> FluxSources::place_of(const Value& object) {
  TAUT_ASSIGN(auto place, flux::read_place(object["spec"]));
  TAUT_ASSIGN(Value login, secret(object, "secretRef"));
  if (!login.is_null()) {
    TAUT_ASSIGN(place.access, flux::read_docker_login(login, place.host));
  }
  if (place.access.username.empty()) TAUT_TRY(add_pull_secrets(object, place));
  TAUT_TRY(add_proxy_and_tls(object, place.access));
  return place;
}

// The first of the account's imagePullSecrets that knows the registry.
Status FluxSources::add_pull_secrets(const Value& object, flux::OciPlace& place) {
  std::string name = object["spec"]["serviceAccountName"].str(), ns(namespace_of(object));
  if (name.empty()) return {};
  auto account = cluster_.get({{"", "v1", "ServiceAccount"}, ns, name});
  if (!account) return fail(account.error().code(), "failed to get service account '{}/{}': {}", ns, name, account.error().message());
  for (const Value& ref : (*account)["imagePullSecrets"].items()) {
    auto found = cluster_.get({{"", "v1", "Secret"}, ns, ref["name"].str()});
    if (!found) return fail(found.error().code(), "failed to get image pull secret '{}/{}': {}", ns, ref["name"].as_string(), found.error().message());
    TAUT_ASSIGN(place.access, flux::read_docker_login(*found, place.host));
    if (!place.access.username.empty()) return {};
  }
  return {};
}

Result<flux::BucketPlace> FluxSources::bucket_of(const Value& object) {
  TAUT_ASSIGN(Value keys, secret(object, "secretRef"));
  TAUT_ASSIGN(auto place, flux::read_bucket_place(object["spec"], keys));
  TAUT_TRY(add_proxy_and_tls(object, place.access));
  return place;
}

bool FluxSources::write(const SourceRef& ref, Value patch, std::string subresource) {
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = {flux::source_gvk(ref.kind), ref.ns, ref.name};
  request.body = std::move(patch);
  request.subresource = std::move(subresource);
  request.field_manager = "source-controller";
  auto written = cluster_.write(request);
  if (written || written.error().code() == Code::kNotFound) {
    std::lock_guard lock(mutex_);
    if (auto it = entries_.find(ref); written && it != entries_.end() && same_wish(it->second.object, written->object))
      it->second.object = written->object;
    return true;
  }
  log::warn("{} could not be written: {}", ref.to_string(), written.error().message());
  return false;
}

}  // namespace taut::controller
