// Result<T>: a value or an Error.
#pragma once
#include <boost/system/result.hpp>

#include "common/base/error.hpp"

namespace base {

template <class T>
using Result = boost::system::result<T, Error>;

/// What Result::value() does on an error: std::logic_error, because nobody asked first.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace base
