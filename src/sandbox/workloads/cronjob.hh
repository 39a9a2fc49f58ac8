// The CronJob controller: a Job for each time of the schedule, no more of them kept than the history limits say.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class CronJobController : public Controller {
 public:
  explicit CronJobController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "cronjob-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  Status look_after_jobs(const Value& cron, Value& status);
  Status clean_history(const Value& cron, std::vector<Value> jobs, std::string_view condition, int64_t limit);
  Status run_due(const Value& cron, Value& status);
  Status start_job(const Value& cron, Value& status, Time due);
};

}  // namespace taut::sandbox::workloads
