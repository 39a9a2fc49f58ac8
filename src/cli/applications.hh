// Argo CD Applications as the commands use them: found, shown, told to sync, waited for.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "cli/terminal.hh"
#include "port/cluster.hh"

namespace taut::cli {

Gvk application_kind();

Result<std::vector<Value>> list_applications(Cluster& cluster, const std::string& ns);
// kNotFound in kubectl's words, with the names that are there as the hint.
Result<Value> get_application(Cluster& cluster, const std::string& ns, const std::string& name);

// The colour that a sync or health status or operation phase has everywhere.
Ink ink_of(std::string_view status);
// "3f2a91c" for a commit, other revisions as they are.
std::string short_revision(std::string_view revision);
// The `revision`, or `revisions`, of an object that has them, short.
std::string revision_in(const Value& holder);
// spec.sources, or the one spec.source.
std::vector<Value> sources_of(const Value& application);
// The revision(s) an Application was last compared to, short.
std::string revision_of(const Value& application);
// Why it is red, as its status says it: the sentence, the next step and what is waited for; empty when it does not.
std::string cause_of(const Value& application);
// One line that says why it is not well: the operation's message or the first condition; "" when it is well.
std::string trouble_of(const Value& application);

// Watches one Application until `done` holds for it, calling it for each state seen. kTimeout after `timeout`
// with the last state in the message.
Result<Value> wait_for(Cluster& cluster, const std::string& ns, const std::string& name, Duration timeout,
                       const std::function<bool(const Value&)>& done);

// Requests an operation (the `operation` field of the Application is the request). kConflict when another one is asked
// for already; status that is written meanwhile is no conflict.
Result<Value> request_operation(Cluster& cluster, Value application, const Value& operation);
// Waits for the operation that was requested on `application` to end, printing each resource as it is done.
// Returns the exit code: kDone only for phase Succeeded.
int follow_operation(Cluster& cluster, const Value& application, Duration timeout);

}  // namespace taut::cli
