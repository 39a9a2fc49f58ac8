#include "lang/gotmpl/funcs/random.hh"

#include <cstring>

#include "base/base64.hh"
#include "base/runes.hh"
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"

namespace taut::gotmpl::funcs {

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kLettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr uint64_t kWorkOfByte = 30;

// For so many bytes at random.
void charge(Call& call, int64_t count) {
  if (count <= 0) return;
  check_text_size(static_cast<size_t>(count));
  call.heap.work(static_cast<uint64_t>(count) * kWorkOfByte);
}

// As many characters of a set as the argument says; none if that is negative.
Result<std::string> random_text(Call& call, std::string_view set) {
  int64_t count = call.integer(0);
  charge(call, count);
  std::string out;
  for (int64_t i = 0; i < count; ++i) {
    TAUT_ASSIGN(uint64_t at, random_below(call, set.size()));
    out += set[at];
  }
  return out;
}

Result<Value> random_value(Call& call, std::string_view set) {
  TAUT_ASSIGN(std::string out, random_text(call, set));
  return call.heap.text(out);
}

}  // namespace

Status fill_random(Call& call, std::span<uint8_t> out) {
  const auto& random = call.run.environment().random;
  if (!random) return fail(Code::kUnsupported, "there are no random numbers in this render");
  random(out);
  return {};
}

Result<uint64_t> random_below(Call& call, uint64_t below) {
  uint64_t limit = UINT64_MAX - UINT64_MAX % below;
  for (;;) {
    uint8_t bytes[8];
    TAUT_TRY(fill_random(call, bytes));
    uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    if (word < limit) return word % below;
  }
}

// goutils makes sure that there is a digit.
Result<Value> rand_alpha_num(Call& call) {
  TAUT_ASSIGN(std::string out, random_text(call, kLettersAndDigits));
  if (!out.empty() && out.find_first_of(kDigits) == std::string::npos) {
    TAUT_ASSIGN(uint64_t at, random_below(call, out.size()));
    TAUT_ASSIGN(uint64_t digit, random_below(call, kDigits.size()));
    out[at] = kDigits[digit];
  }
  return call.heap.text(out);
}

Result<Value> rand_alpha(Call& call) { return random_value(call, kLetters); }
Result<Value> rand_numeric(Call& call) { return random_value(call, kDigits); }

Result<Value> rand_ascii(Call& call) {
  std::string printable;
  for (char c = ' '; c < 0x7F; ++c) printable += c;
  return random_value(call, printable);
}

Result<Value> rand_bytes(Call& call) {
  int64_t count = call.integer(0);
  if (count < 0) return go_failure("runtime error: makeslice: len out of range");
  charge(call, count);
  std::string bytes(static_cast<size_t>(count), '\0');
  TAUT_TRY(fill_random(call, {reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()}));
  return call.heap.text(base64_encode(bytes));
}

Result<Value> rand_int(Call& call) {
  int64_t least = call.integer(0), below = call.integer(1);
  if (below <= least) return go_failure("invalid argument to Intn");
  TAUT_ASSIGN(uint64_t out, random_below(call, static_cast<uint64_t>(below) - static_cast<uint64_t>(least)));
  return Value::integer(static_cast<int64_t>(static_cast<uint64_t>(least) + out));
}

Result<Value> shuffle(Call& call) {
  std::vector<uint32_t> runes;
  for (std::string_view rest = call.text(0); !rest.empty();) runes.push_back(take_rune(rest));
  for (size_t i = runes.size(); i > 1; --i) {
    TAUT_ASSIGN(uint64_t other, random_below(call, i));
    std::swap(runes[i - 1], runes[other]);
  }
  std::string out;
  for (uint32_t rune : runes) out += rune_text(rune);
  return call.heap.text(out);
}

Result<Value> uuidv4(Call& call) {
  uint8_t bytes[16];
  TAUT_TRY(fill_random(call, bytes));
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3F) | 0x80);
  std::string out;
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += fmt::format("{:02x}", bytes[i]);
  }
  return call.heap.text(out);
}

}  // namespace taut::gotmpl::funcs
