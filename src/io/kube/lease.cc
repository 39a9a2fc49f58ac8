#include "io/kube/lease.hh"

namespace taut::kube {

ObjectRef Lease::ref() const { return {{"coordination.k8s.io", "v1", "Lease"}, options_.ns, options_.name}; }

void Lease::observe(const Value& spec, Time now) {
  if (spec != seen_) {
    seen_ = spec;
    seen_at_ = now;
  }
  holder_ = spec["holderIdentity"].str();
}

// What the lease says once it is ours: a change of hands is counted, a renewal keeps the time of taking it.
Value Lease::spec_for(const Value& live, Time now) const {
  Value out = Value::map({{"holderIdentity", options_.identity},
                          {"leaseDurationSeconds", options_.duration.count()},
                          {"renewTime", format_rfc3339_micro(now)}});
  bool ours = live["holderIdentity"].as_string() == options_.identity;
  out.set("acquireTime", ours ? live["acquireTime"] : Value(format_rfc3339_micro(now)));
  int64_t transitions = live["leaseTransitions"].as_int();
  out.set("leaseTransitions", live.is_null() ? 0 : transitions + (ours ? 0 : 1));
  return out;
}

Result<bool> Lease::settle(Result<WriteResult> written, Time now) {
  if (!written) {
    Code code = written.error().code();
    if (code == Code::kConflict || code == Code::kAlreadyExists) return false;  // another was quicker
    return fail(std::move(written).error());
  }
  observe(written->object["spec"], now);
  renewed_ = now;
  return true;
}

Result<bool> Lease::try_acquire(Time now) {
  auto live = cluster_.get(ref());
  if (!live && live.error().code() != Code::kNotFound) return fail(std::move(live).error());
  WriteRequest request;
  request.ref = ref();
  request.verb = WriteVerb::kCreate;
  if (live) {
    const Value spec = (*live)["spec"];
    observe(spec, now);
    auto duration = std::chrono::seconds(spec["leaseDurationSeconds"].as_int());
    bool ours = holder_ == options_.identity;
    if (!ours && !holder_.empty() && now < seen_at_ + duration) {
      renewed_.reset();
      return false;
    }
    request.verb = WriteVerb::kUpdate;
    request.body = std::move(*live);  // with its resourceVersion: whoever else writes meanwhile, wins
    request.body.set("spec", spec_for(spec, now));
  } else {
    request.body = Value::map({{"metadata", Value::map({{"name", options_.name}, {"namespace", options_.ns}})},
                               {"spec", spec_for({}, now)}});
  }
  return settle(cluster_.write(request), now);
}

Status Lease::release(Time now) {
  if (!renewed_) return {};
  renewed_.reset();
  TAUT_ASSIGN(Value live, cluster_.get(ref()));
  if (live["spec"]["holderIdentity"].as_string() != options_.identity) return {};
  WriteRequest request{WriteVerb::kUpdate, ref(), std::move(live)};
  Value& spec = request.body.edit("spec");
  spec.set("holderIdentity", "");
  spec.set("leaseDurationSeconds", 1);
  spec.set("renewTime", format_rfc3339_micro(now));
  TAUT_ASSIGN(auto written, cluster_.write(request));
  observe(written.object["spec"], now);
  return {};
}

}  // namespace taut::kube
