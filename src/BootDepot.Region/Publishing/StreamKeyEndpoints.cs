using System;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Images;
using BootDepot.Region.Api.Answers;
using BootDepot.Region.Api.Declarations;
using BootDepot.Region.Api.Requests;
using BootDepot.Region.Lifetimes;

namespace BootDepot.Region.Publishing;

/// <summary><c>stream-keys/</c>: the keys of the published stream and their succession. Not in MAAS.</summary>
internal sealed class StreamKeyEndpoints(StreamKeyRotation rotation) : IApiEndpoints
{
    private static readonly ApiShape Shape = new ApiShape.ListOf(ApiShape.Named(
        "StreamKey",
        ("fingerprint", ApiShape.PlainText),
        ("role", ApiShape.PlainText),
        ("algorithm", ApiShape.PlainText),
        ("created", ApiShape.PlainText)));

    /// <inheritdoc />
    public ImmutableArray<ApiHandler> Declare() =>
    [
        new(ApiVersion.Two, "StreamKeysHandler", "stream-keys/", "The keys in the published stream's keyring.",
        [
            new("read", "GET", null, "List the keys of the published stream", ApiPermission.User, ApiResult.Json(Shape), (_, _) => Task.FromResult(Show()))
            {
                Text = "The role is signing, next (announced: clients learn it, it signs nothing yet) or former. The keyring itself is "
                    + "/MAAS/images-stream/streams/v1/keyring.gpg.",
            },
            new("announce", "POST", "announce", "Make the next key and publish it", ApiPermission.EditConfigurations, ApiResult.Json(Shape), (r, c) =>
                AnswerAsync(rotation.AnnounceAsync, r, c))
            {
                Text = "Works at once. Of several regions each reads the key files at its start.",
            },
            new("switch", "POST", "switch", "Let the next key sign", ApiPermission.EditConfigurations, ApiResult.Json(Shape), (r, c) =>
                AnswerAsync(rotation.SwitchAsync, r, c))
            {
                Text = "Do it when all clients have fetched the keyring since the announcement. The former key stays in the keyring.",
            },
            new("drop_former", "POST", "drop_former", "Take the former keys out of the keyring", ApiPermission.EditConfigurations, ApiResult.Json(Shape), (r, c) =>
                AnswerAsync(rotation.DropFormerAsync, r, c)),
        ]),
    ];

    private async Task<ApiAnswer> AnswerAsync(Func<Actor, CancellationToken, Task<Fault?>> change, ApiRequest request, CancellationToken cancel) =>
        await change(request.Actor, cancel) is { } fault ? FaultAnswer.Of(fault) : Show();

    private ApiAnswer Show()
    {
        var keys = rotation.List();
        return ApiAnswer.Json(json =>
        {
            json.WriteStartArray();
            foreach (var key in keys)
            {
                json.WriteStartObject();
                json.WriteString("fingerprint", key.Fingerprint);
                json.WriteString("role", key.Role);
                json.WriteString("algorithm", key.Algorithm);
                json.WriteString("created", WireDate.Format(key.Created));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
