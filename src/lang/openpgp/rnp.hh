// librnp's handles, freed by themselves.
#pragma once

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <memory>
#include <string>

namespace taut::openpgp {

template <auto destroy>
struct Freer {
  template <class T>
  void operator()(T* it) const {
    destroy(it);
  }
};
template <class Handle, auto destroy>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Freer<destroy>>;

using Ring = Owned<rnp_ffi_t, rnp_ffi_destroy>;
using Input = Owned<rnp_input_t, rnp_input_destroy>;
using Output = Owned<rnp_output_t, rnp_output_destroy>;
using Key = Owned<rnp_key_handle_t, rnp_key_handle_destroy>;
using Verify = Owned<rnp_op_verify_t, rnp_op_verify_destroy>;
using Sign = Owned<rnp_op_sign_t, rnp_op_sign_destroy>;
using Text = Owned<char*, rnp_buffer_destroy>;

// An empty key ring, nullptr if there can be none. The library's own log goes nowhere.
Ring make_ring();
// Not copied: `bytes` must outlive it.
Input input_of(const std::string& bytes);
// In memory, with a limit to its size.
Output make_output(size_t longest);
std::string bytes_of(const Output& output);

}  // namespace taut::openpgp
