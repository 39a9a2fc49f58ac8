#include "io/net/http_loop.hh"

#include <curl/curl.h>
#include <signal.h>

#include <algorithm>

namespace taut::net {
namespace {

constexpr long kMaxStreams = 1000;  // of ours on one connection; the server's own limit is lower
constexpr int kLongestWait = 60'000;
constexpr size_t kSpareHandles = 16;

void init_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)code;
}

// OpenSSL writes to sockets without MSG_NOSIGNAL; a peer that has gone must not end the process.
void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

HttpLoop::HttpLoop() {
  init_curl_once();
  multi_ = curl_multi_init();
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, kMaxStreams);
  thread_ = std::thread([this] { run(); });
}

HttpLoop::~HttpLoop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  for (void* easy : spare_) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi_);
}

void HttpLoop::post(Command command) {
  {
    std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
    if (commands_.size() > 1) return;  // the thread has been woken already
  }
  curl_multi_wakeup(multi_);
}

void HttpLoop::submit(std::shared_ptr<Transfer> transfer) {
  post({Command::Kind::kSubmit, std::move(transfer), nullptr, {}});
}

void HttpLoop::resume(std::shared_ptr<Transfer> transfer) {
  post({Command::Kind::kResume, std::move(transfer), nullptr, {}});
}

void HttpLoop::abort(std::shared_ptr<Transfer> transfer) {
  post({Command::Kind::kAbort, std::move(transfer), nullptr, {}});
}

std::future<void> HttpLoop::close(std::shared_ptr<ClientState> client) {
  Command command{Command::Kind::kClose, nullptr, std::move(client), {}};
  auto done = command.done.get_future();
  post(std::move(command));
  return done;
}

void HttpLoop::run() {
  block_sigpipe();
  std::vector<Command> commands;
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_) break;
      commands.swap(commands_);
    }
    for (auto& command : commands) obey(command);
    commands.clear();
    start_waiting();
    int running = 0;
    curl_multi_perform(multi_, &running);
    collect_finished();
    start_waiting();
    {
      std::lock_guard lock(mutex_);
      if (!commands_.empty()) continue;
    }
    curl_multi_poll(multi_, nullptr, 0, kLongestWait, nullptr);
  }
  drop_all(nullptr);
}

void HttpLoop::obey(Command& command) {
  switch (command.kind) {
    case Command::Kind::kSubmit: waiting_.push_back(std::move(command.transfer)); break;
    case Command::Kind::kResume:
      if (running_.contains(command.transfer->easy())) curl_easy_pause(command.transfer->easy(), CURLPAUSE_CONT);
      break;
    case Command::Kind::kAbort:
      command.transfer->drop();
      std::erase(waiting_, command.transfer);
      end(command.transfer, fail(Code::kCancelled, "context canceled"));
      break;
    case Command::Kind::kClose:
      drop_all(command.client.get());
      command.done.set_value();
      break;
  }
}

// Streams start at once, requests while their client has room for them.
void HttpLoop::start_waiting() {
  for (size_t i = 0; i < waiting_.size();) {
    auto transfer = waiting_[i];
    ClientState& client = transfer->client();
    if (!transfer->streaming() && client.active >= client.options.max_requests) {
      ++i;
      continue;
    }
    waiting_.erase(waiting_.begin() + static_cast<long>(i));
    start(std::move(transfer));
  }
}

void HttpLoop::start(std::shared_ptr<Transfer> transfer) {
  if (transfer->dropped()) return end(transfer, fail(Code::kCancelled, "context canceled"));
  void* easy = take_handle();
  if (auto ready = transfer->prepare(easy); !ready) {
    spare_.push_back(transfer->detach());
    return transfer->finish(fail(std::move(ready).error()));
  }
  if (!transfer->streaming()) ++transfer->client().active;
  running_.emplace(easy, std::move(transfer));
  curl_multi_add_handle(multi_, easy);
}

void HttpLoop::collect_finished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    auto found = running_.find(message->easy_handle);
    if (found == running_.end()) continue;
    auto transfer = found->second;
    int code = message->data.result;
    end(transfer, transfer->verdict(code));
  }
}

// Takes a transfer off the multi handle, if it is there, and tells whoever waits.
void HttpLoop::end(const std::shared_ptr<Transfer>& transfer, Result<HttpResponse> result) {
  if (void* easy = transfer->easy(); easy != nullptr && running_.contains(easy)) {
    std::shared_ptr<Transfer> keep = transfer;
    curl_multi_remove_handle(multi_, easy);
    running_.erase(easy);
    if (!keep->streaming()) --keep->client().active;
    keep->detach();
    if (spare_.size() < kSpareHandles) {
      spare_.push_back(easy);
    } else {
      curl_easy_cleanup(easy);
    }
    return keep->finish(std::move(result));
  }
  transfer->finish(std::move(result));
}

void HttpLoop::drop_all(const ClientState* client) {
  std::vector<std::shared_ptr<Transfer>> mine;
  auto wanted = [&](const std::shared_ptr<Transfer>& transfer) { return !client || &transfer->client() == client; };
  for (const auto& transfer : waiting_)
    if (wanted(transfer)) mine.push_back(transfer);
  for (const auto& [easy, transfer] : running_)
    if (wanted(transfer)) mine.push_back(transfer);
  std::erase_if(waiting_, wanted);
  for (const auto& transfer : mine) {
    transfer->drop();
    end(transfer, fail(Code::kCancelled, "context canceled"));
  }
}

void* HttpLoop::take_handle() {
  if (spare_.empty()) return curl_easy_init();
  void* easy = spare_.back();
  spare_.pop_back();
  curl_easy_reset(easy);
  return easy;
}

}  // namespace taut::net
