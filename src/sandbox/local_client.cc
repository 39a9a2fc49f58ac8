#include "sandbox/local_client.hh"

#include "base/hash.hh"
#include "sandbox/body.hh"
#include "sandbox/patches.hh"
#include "sandbox/subresources.hh"
#include "value/json.hh"

namespace taut::sandbox {

Dispatcher::Dispatcher(Cluster& cluster) : cluster_(cluster) {}
Dispatcher::~Dispatcher() { stop(); }

void Dispatcher::start() { thread_ = std::thread([this] { run(); }); }

void Dispatcher::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Dispatcher::notify() {
  std::lock_guard lock(mutex_);
  // Once is enough: waking a thread costs more than most commits do.
  if (!std::exchange(pending_, true)) wake_.notify_one();
}

bool Dispatcher::is_done() {
  std::lock_guard lock(mutex_);
  return !pending_ && serving_ == nullptr;
}

std::unique_ptr<Subscription> Dispatcher::subscribe(std::vector<Gvk> kinds, std::function<void(const Change&)> callback) {
  auto out = std::make_unique<Subscriber>(*this, std::move(kinds), std::move(callback));
  std::lock_guard lock(mutex_);
  subscribers_.push_back(out.get());
  pending_ = true;
  wake_.notify_one();
  return out;
}

void Dispatcher::forget(Subscriber* subscriber) {
  std::unique_lock lock(mutex_);
  std::erase(subscribers_, subscriber);
  idle_.wait(lock, [&] { return serving_ != subscriber; });
}

void Dispatcher::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait(lock, [this] { return pending_ || stopping_; });
    pending_ = false;
    for (size_t i = 0; i < subscribers_.size() && !stopping_; ++i) {
      serving_ = subscribers_[i];
      lock.unlock();
      serve(*serving_);
      lock.lock();
      serving_ = nullptr;
      idle_.notify_all();
    }
  }
}

void Dispatcher::prime(Subscriber& s) {
  s.position_ = cluster_.store.revision();
  for (const Gvk& gvk : s.kinds_) {
    ResourcePtr resource = cluster_.registry.find_kind(gvk);
    if (!resource) continue;
    auto page = cluster_.store.list(resource->storage, "", "", 0, s.position_);
    if (!page) continue;
    for (const ItemPtr& item : page->items)
      s.callback_({ChangeType::kAdded, to_version(*resource, item->object()), Value()});
  }
  s.primed_ = true;
}

void Dispatcher::serve(Subscriber& s) {
  if (!s.primed_) prime(s);
  std::vector<LogEntryPtr> entries;
  while (entries.clear(), true) {
    if (!cluster_.store.changes_since(s.position_, 256, entries)) {
      s.primed_ = false;  // fell behind the log: everything anew
      return prime(s);
    }
    if (entries.empty()) return;
    for (const LogEntryPtr& entry : entries) {
      s.position_ = entry->revision;
      for (const Gvk& gvk : s.kinds_) {
        ResourcePtr resource = cluster_.registry.find_kind(gvk);
        if (!resource || resource->storage != entry->key.resource) continue;
        auto seen = [&](const ItemPtr& item) { return item ? to_version(*resource, item->object()) : Value(); };
        if (!entry->after) s.callback_({ChangeType::kDeleted, seen(entry->deleted), seen(entry->before)});
        else s.callback_({entry->before ? ChangeType::kModified : ChangeType::kAdded, seen(entry->after), seen(entry->before)});
      }
    }
  }
}

namespace {

class LocalClient : public Client {
 public:
  LocalClient(Cluster& cluster, Writer& writer, Dispatcher& dispatcher, std::string manager)
      : cluster_(cluster), writer_(writer), dispatcher_(dispatcher), manager_(std::move(manager)) {}

  Result<Value> get(const Gvk& gvk, std::string_view ns, std::string_view name) override {
    TAUT_ASSIGN(ResourcePtr resource, find(gvk));
    ItemPtr item = cluster_.store.get(StoreKey::of(resource->storage, resource->info.namespaced ? ns : "", name));
    if (!item) return fail(not_found(resource->name(), name).to_error());
    return to_version(*resource, item->object());
  }

  Result<std::vector<Value>> list(const Gvk& gvk, std::string_view ns) override {
    TAUT_ASSIGN(ResourcePtr resource, find(gvk));
    std::string prefix = ns.empty() ? std::string() : std::string(ns) + '/';
    TAUT_ASSIGN(Page page, cluster_.store.list(resource->storage, prefix, "", 0, 0));
    std::vector<Value> out;
    out.reserve(page.items.size());
    for (const ItemPtr& item : page.items) out.push_back(to_version(*resource, item->object()));
    return out;
  }

  Result<Value> create(const Value& object) override {
    TAUT_ASSIGN(ResourcePtr resource, find(Gvk::of(object)));
    if (object["kind"].as_string() == "Binding") {
      auto bound = bind_pod(cluster_, namespace_of(object), name_of(object), object["target"]["name"].as_string());
      if (!bound) return fail(bound.error().to_error());
      return object;
    }
    WriteContext context = this->context();
    auto decoded = decode_object(*resource, object, {}, context);
    if (!decoded) return fail(decoded.error().to_error());
    auto made = writer_.create(*resource, namespace_of(object), std::move(*decoded), context);
    return finish(*resource, made);
  }

  Result<Value> update(const Value& object) override { return replace(object, ""); }
  Result<Value> update_status(const Value& object) override { return replace(object, "status"); }

  Result<Value> patch(const Gvk& gvk, std::string_view ns, std::string_view name, const Value& merge_patch,
                      std::string_view subresource) override {
    TAUT_ASSIGN(ResourcePtr resource, find(gvk));
    Update update;
    update.subresource = subresource;
    update.change = [&](const Value& old, WriteContext& context) -> ApiResult<Value> {
      API_ASSIGN(Value patched, apply_patch(*resource, PatchKind::kMerge, old, merge_patch));
      return decode_object(*resource, std::move(patched), {}, context);
    };
    WriteContext context = this->context();
    auto done = writer_.update(*resource, ns, name, update, context);
    return finish(*resource, done);
  }

  Result<void> remove(const Gvk& gvk, std::string_view ns, std::string_view name, const RemoveOptions& options) override {
    TAUT_ASSIGN(ResourcePtr resource, find(gvk));
    DeletionOptions wanted;
    wanted.propagation = options.propagation;
    wanted.uid = options.uid;
    if (options.grace_seconds >= 0) wanted.grace_seconds = options.grace_seconds;
    auto done = writer_.remove(*resource, ns, name, wanted);
    if (!done) return fail(done.error().to_error());
    return {};
  }

  std::unique_ptr<Subscription> watch(std::vector<Gvk> kinds, std::function<void(const Change&)> callback) override {
    return dispatcher_.subscribe(std::move(kinds), std::move(callback));
  }

  void record_event(const Value& involved, std::string_view type, std::string_view reason, std::string_view message,
                    std::string_view component) override;

  void append_log(std::string_view ns, std::string_view pod, std::string_view container, std::string_view line) override {
    ItemPtr item = cluster_.store.get(StoreKey::of("pods", ns, pod));
    if (item) cluster_.logs.append(item->object()["metadata"]["uid"].as_string(), container, cluster_.now(), line);
  }

 private:
  WriteContext context() const {
    WriteContext out;
    out.user = {"system:" + manager_, "", {"system:masters"}, true};
    out.manager = manager_;
    return out;
  }

  Result<ResourcePtr> find(const Gvk& gvk) const {
    ResourcePtr resource = cluster_.registry.find_kind(gvk);
    if (!resource) return fail(Code::kNotFound, "no matches for kind \"{}\" in version \"{}\"", gvk.kind, gvk.api_version());
    return resource;
  }

  static Result<Value> finish(const Resource& resource, const ApiResult<Written>& written) {
    if (!written) return fail(written.error().to_error());
    return to_version(resource, written->item->object());
  }

  Result<Value> replace(const Value& object, std::string_view subresource) {
    TAUT_ASSIGN(ResourcePtr resource, find(Gvk::of(object)));
    Update update;
    update.subresource = subresource;
    update.change = [&](const Value&, WriteContext& context) -> ApiResult<Value> {
      return decode_object(*resource, object, {}, context);
    };
    WriteContext context = this->context();
    return finish(*resource, writer_.update(*resource, namespace_of(object), name_of(object), update, context));
  }

  Cluster& cluster_;
  Writer& writer_;
  Dispatcher& dispatcher_;
  std::string manager_;
};

Value reference_to(const Value& object) {
  Value out = Value::map({{"apiVersion", object["apiVersion"]}, {"kind", object["kind"]}, {"name", name_of(object)},
                          {"uid", object["metadata"]["uid"]}, {"resourceVersion", object["metadata"]["resourceVersion"]}});
  if (!namespace_of(object).empty()) out.set("namespace", namespace_of(object));
  return out;
}

void LocalClient::record_event(const Value& involved, std::string_view type, std::string_view reason,
                               std::string_view message, std::string_view component) {
  std::string ns(namespace_of(involved).empty() ? "default" : namespace_of(involved));
  // The name tells equal events, as far as they are to be folded: one for each object, reason and message.
  std::string identity = fmt::format("{}|{}|{}|{}|{}", involved["metadata"]["uid"].as_string(), type, reason, message, component);
  std::string name = fmt::format("{}.{:016x}", name_of(involved), hash64(identity));
  std::string now = format_rfc3339(cluster_.now());
  Gvk gvk{"", "v1", "Event"};
  auto present = get(gvk, ns, name);
  if (present) {
    int64_t count = (*present)["count"].as_int(1) + 1;
    (void)patch(gvk, ns, name, Value::map({{"count", count}, {"lastTimestamp", now}}), "");
    return;
  }
  Value event = Value::map({{"apiVersion", "v1"}, {"kind", "Event"}, {"metadata", Value::map({{"name", name}, {"namespace", ns}})},
                            {"involvedObject", reference_to(involved)}, {"type", type}, {"reason", reason}, {"message", message},
                            {"source", Value::map({{"component", component}})}, {"reportingComponent", component},
                            {"count", 1}, {"firstTimestamp", now}, {"lastTimestamp", now}});
  (void)create(event);
}

}  // namespace

ClientPtr make_local_client(Cluster& cluster, Writer& writer, Dispatcher& dispatcher, std::string manager) {
  return std::make_shared<LocalClient>(cluster, writer, dispatcher, std::move(manager));
}

}  // namespace taut::sandbox
