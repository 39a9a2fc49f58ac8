// Format strings.
#include "base/runes.hh"
#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/print.hh"
#include "lang/gotmpl/printer.hh"

namespace taut::gotmpl {
namespace {

constexpr int kTooLarge = 1'000'000;  // of a width or precision

// A decimal number at `at`; false and 0 if there is none, false and the end if it is too large.
bool read_number(std::string_view format, size_t& at, int& number) {
  number = 0;
  bool found = false;
  for (; at < format.size() && format[at] >= '0' && format[at] <= '9'; ++at) {
    if (number > kTooLarge) {
      number = 0;
      at = format.size();
      return false;
    }
    number = number * 10 + (format[at] - '0');
    found = true;
  }
  return found;
}

}  // namespace

struct Printer::Cursor {
  std::string_view format;
  size_t at = 0;
  std::span<const Value> args;
  size_t next = 0;           // argument
  bool after_index = false;  // an index like [3] was read last

  bool ended() const { return at >= format.size(); }
  char here() const { return ended() ? '\0' : format[at]; }

  // Reads an index [n], if there is one; `good` is cleared for one that is wrong.
  void read_index(bool& reordered, bool& good) {
    after_index = false;
    if (here() != '[') return;
    reordered = true;
    size_t close = format.find(']', at);
    if (format.size() - at < 3 || close == std::string_view::npos) {
      good = false;
      ++at;
      return;
    }
    size_t digits = at + 1;
    int number = 0;
    bool read = digits < close && read_number(format.substr(0, close), digits, number) && digits == close;
    at = close + 1;
    after_index = read;
    if (read && number >= 1 && static_cast<size_t>(number) <= args.size()) next = static_cast<size_t>(number) - 1;
    else good = false;
  }

  // The integer argument of a *; false if it is none.
  bool read_star(int& number) {
    number = 0;
    ++at;
    after_index = false;
    if (next >= args.size()) return false;
    const Value& arg = args[next++];
    bool fits = (arg.is_signed() && arg.as_int() >= -kTooLarge && arg.as_int() <= kTooLarge) ||
                (arg.is_unsigned() && arg.as_uint() <= kTooLarge);
    if (fits) number = static_cast<int>(arg.as_int());
    return fits;
  }
};

void Printer::format(std::string_view format, std::span<const Value> args) {
  Cursor at{format, 0, args, 0, false};
  reordered_ = false;
  while (!at.ended()) {
    check_text_size(out_.size() - start_);
    size_t percent = std::min(format.find('%', at.at), format.size());
    out_ += format.substr(at.at, percent - at.at);
    at.at = percent;
    if (at.ended()) break;
    ++at.at;
    good_index_ = true;
    flags_ = {};
    set_flags(at);
    at.read_index(reordered_, good_index_);
    set_width(at);
    set_precision(at);
    if (!at.after_index) at.read_index(reordered_, good_index_);
    if (at.ended()) {
      out_ += "%!(NOVERB)";
      break;
    }
    verb(at);
  }
  if (!reordered_ && at.next < args.size()) extra(args.subspan(at.next));
}

void Printer::set_flags(Cursor& at) {
  for (;; ++at.at) {
    switch (at.here()) {
      case '#': flags_.sharp = true; break;
      case '0': flags_.zero = true; break;
      case '+': flags_.plus = true; break;
      case '-': flags_.minus = true; break;
      case ' ': flags_.space = true; break;
      default: return;
    }
  }
}

void Printer::set_width(Cursor& at) {
  if (at.here() != '*') {
    flags_.has_width = read_number(at.format, at.at, flags_.width);
    if (at.after_index && flags_.has_width) good_index_ = false;
    return;
  }
  flags_.has_width = at.read_star(flags_.width);
  if (!flags_.has_width) out_ += "%!(BADWIDTH)";
  if (flags_.width < 0) {
    flags_.width = -flags_.width;
    flags_.minus = true;
    flags_.zero = false;
  }
}

void Printer::set_precision(Cursor& at) {
  if (at.at + 1 >= at.format.size() || at.here() != '.') return;
  ++at.at;
  if (at.after_index) good_index_ = false;
  at.read_index(reordered_, good_index_);
  if (at.here() == '*') {
    flags_.has_precision = at.read_star(flags_.precision);
    if (flags_.precision < 0) {
      flags_.precision = 0;
      flags_.has_precision = false;
    }
    if (!flags_.has_precision) out_ += "%!(BADPREC)";
    return;
  }
  read_number(at.format, at.at, flags_.precision);
  flags_.has_precision = true;
}

void Printer::verb(Cursor& at) {
  std::string_view rest = at.format.substr(at.at);
  size_t before = rest.size();
  uint32_t verb = take_rune(rest);
  at.at += before - rest.size();
  if (verb == '%') {
    out_ += '%';
  } else if (!good_index_) {
    out_ += "%!" + rune_text(verb) + "(BADINDEX)";
  } else if (at.next >= at.args.size()) {
    out_ += "%!" + rune_text(verb) + "(MISSING)";
  } else {
    if (verb == 'v' || verb == 'w') {
      flags_.sharp_v = std::exchange(flags_.sharp, false);
      flags_.plus_v = std::exchange(flags_.plus, false);
    }
    argument(at.args[at.next++], verb);
  }
}

void Printer::extra(std::span<const Value> args) {
  flags_ = {};
  out_ += "%!(EXTRA ";
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) out_ += ", ";
    if (args[i].is_nil()) {
      out_ += "<nil>";
      continue;
    }
    out_ += type_text(args[i]);
    out_ += '=';
    argument(args[i], 'v');
  }
  out_ += ')';
}

}  // namespace taut::gotmpl
