#include "smd/smd.hh"

namespace taut::smd {
namespace {

constexpr size_t kMaxManagerLength = 128;

// Bytes of the UTF-8 sequence that a lead byte begins; 1 for anything that is not one.
size_t sequence_length(unsigned char lead) {
  if (lead >= 0xF0 && lead < 0xF8) return 4;
  if (lead >= 0xE0) return lead < 0xF0 ? 3 : 1;
  return lead >= 0xC0 ? 2 : 1;
}

}  // namespace

std::string manager_of_user_agent(std::string_view user_agent) {
  std::string_view name = user_agent.substr(0, user_agent.find('/'));
  std::string out;
  for (size_t i = 0; i < name.size();) {
    unsigned char lead = static_cast<unsigned char>(name[i]);
    size_t length = sequence_length(lead);
    if (i + length > name.size()) break;
    bool printable = length > 1 || (lead >= 0x20 && lead < 0x7F);
    if (printable) {
      if (out.size() + length > kMaxManagerLength) break;
      out += name.substr(i, length);
    }
    i += length;
  }
  return out;
}

}  // namespace taut::smd
