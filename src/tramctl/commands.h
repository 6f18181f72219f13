// What each command does. Each answers with the exit code, 0 or 1, having printed its result; or an Error for
// the caller to print. Blocking; one thread.
#pragma once

#include "base/error.h"
#include "tramctl/context.h"
#include "tramctl/options.h"

namespace tram::client {

[[nodiscard]] Result<int> send(Context& context, const SendOptions& options);
[[nodiscard]] Result<int> receive(Context& context, const ReceiveOptions& options);
[[nodiscard]] Result<int> inbox(Context& context, const InboxOptions& options);
[[nodiscard]] Result<int> status(Context& context, const StatusOptions& options);
[[nodiscard]] Result<int> track(Context& context, const TrackOptions& options);
[[nodiscard]] Result<int> export_evidence(Context& context, const ExportOptions& options);
[[nodiscard]] Result<int> verify(Context& context, const VerifyOptions& options);
[[nodiscard]] Result<int> nodes(Context& context, const NoOptions& options);
[[nodiscard]] Result<int> deliveries(Context& context, const DeliveriesOptions& options);
[[nodiscard]] Result<int> delivery_retry(Context& context, const DeliveryActOptions& options);
[[nodiscard]] Result<int> delivery_forward(Context& context, const DeliveryForwardOptions& options);
[[nodiscard]] Result<int> delivery_cancel(Context& context, const DeliveryActOptions& options);
[[nodiscard]] Result<int> backup(Context& context, const BackupOptions& options);
[[nodiscard]] Result<int> alarms(Context& context, const NoOptions& options);
[[nodiscard]] Result<int> go_on(Context& context, const GoOnOptions& options);
[[nodiscard]] Result<int> alarm_acknowledge(Context& context, const AlarmOptions& options);
[[nodiscard]] Result<int> agencies(Context& context, const NoOptions& options);
[[nodiscard]] Result<int> checkpoint(Context& context, const NoOptions& options);
[[nodiscard]] Result<int> registry_add(Context& context, const RegistryAddOptions& options);
[[nodiscard]] Result<int> registry_revoke(Context& context, const RegistryRevokeOptions& options);
[[nodiscard]] Result<int> registry_list(Context& context, const NoOptions& options);

}  // namespace tram::client
