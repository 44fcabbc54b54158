// What the tests of the C++ layer check with.
#ifndef CHECKS_HPP
#define CHECKS_HPP

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <smimezip.hpp>
#include <string>

namespace {

std::atomic<int> checks;

void check(bool condition, int line) {
    ++checks;
    if (!condition) {
        std::cerr << "line " << line << " failed\n";
        std::exit(1);
    }
}

#define CHECK(condition) check((condition), __LINE__)

/** The error of that status with which something must end. */
template <class F> smz::error fails(smz_status status, F &&function, int line) {
    try {
        function();
    } catch (const smz::error &error) {
        check(error.status() == status, line);
        return error;
    }
    check(false, line);
    std::abort();
}

/** Bytes that do not compress. */
inline std::string noise(std::size_t size) {
    std::string bytes;
    std::uint32_t state = 1;
    while (bytes.size() < size) {
        state = state * 1664525 + 1013904223;
        bytes += static_cast<char>(state >> 24);
    }
    return bytes;
}

} // namespace

#endif /* CHECKS_HPP */
