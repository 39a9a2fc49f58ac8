#include "base/error.hh"

namespace taut {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalid: return "invalid";
    case Code::kNotFound: return "not found";
    case Code::kAlreadyExists: return "already exists";
    case Code::kConflict: return "conflict";
    case Code::kForbidden: return "forbidden";
    case Code::kUnauthenticated: return "unauthenticated";
    case Code::kUnavailable: return "unavailable";
    case Code::kTimeout: return "timeout";
    case Code::kCancelled: return "cancelled";
    case Code::kLimit: return "limit exceeded";
    case Code::kUnsupported: return "unsupported";
    case Code::kGone: return "gone";
    case Code::kInternal: return "internal error";
  }
  return "unknown";
}

std::string Position::to_string() const {
  std::string out = file;
  if (line == 0) return out;
  if (!out.empty()) out += ':';
  out += std::to_string(line);
  if (column != 0) out += ':' + std::to_string(column);
  return out;
}

Error::Error(Code code, std::string message)
    : data_(std::make_shared<Data>(Data{code, std::move(message), {}, {}, {}})) {}

Error::Data& Error::edit() {
  if (data_.use_count() != 1) data_ = std::make_shared<Data>(*data_);
  return *data_;
}

Error&& Error::at(Position position) && {
  edit().position = std::move(position);
  return std::move(*this);
}

Error&& Error::while_doing(std::string what) && {
  edit().trace.push_back(std::move(what));
  return std::move(*this);
}

Error&& Error::with_hint(std::string hint) && {
  edit().hint = std::move(hint);
  return std::move(*this);
}

Error&& Error::with_message(std::string message) && {
  edit().message = std::move(message);
  return std::move(*this);
}

bool Error::transient() const {
  switch (code()) {
    case Code::kConflict:
    case Code::kUnavailable:
    case Code::kTimeout:
    case Code::kGone: return true;
    default: return false;
  }
}

std::string Error::to_string() const {
  std::string where = position().to_string();
  return where.empty() ? message() : where + ": " + message();
}

std::string Error::report() const {
  std::string out = to_string();
  if (!position().path.empty()) out += " (at " + position().path + ")";
  for (const auto& step : trace()) out += "\n  while " + step;
  if (!hint().empty()) out += "\n  " + hint();
  return out;
}

}  // namespace taut
