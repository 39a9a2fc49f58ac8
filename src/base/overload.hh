// Lambdas as one visitor of a variant: std::visit(Overload{[](A&) {…}, [](B&) {…}}, value).
#pragma once

namespace taut {

template <class... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};

// Clang makes this guide itself from version 17 on.
template <class... Fs>
Overload(Fs...) -> Overload<Fs...>;

}  // namespace taut
