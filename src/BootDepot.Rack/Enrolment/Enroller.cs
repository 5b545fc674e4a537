using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Racks;
using BootDepot.Rack.Hosting;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Rack.Enrolment;

/// <summary>Who the rack is: as it enrolled once, else by enrolling now.</summary>
internal static class Enroller
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The identity in the data directory; enrols first when there is none.</summary>
    /// <exception cref="RackException"><c>rack-not-enrolled</c>, <c>rack-enrolment-refused</c>, <c>rack-token-malformed</c> or <c>rack-region-key-mismatch</c>.</exception>
    public static async Task<RackEnrolment> IdentifyAsync(RackFolder folder, RackOptions options, RegionLink link, string version, CancellationToken cancel)
    {
        if (File.Exists(folder.Identity))
        {
            var known = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(folder.Identity, cancel), RackWire.Default.RackEnrolment);
            return known ?? throw new RackException(new Fault("rack-not-enrolled", $"{folder.Identity} is empty; delete it and enrol again with a new token."));
        }

        if (options.Token is not { } text)
        {
            throw new RackException(new Fault(
                "rack-not-enrolled",
                $"{folder.Root} belongs to no rack yet. Make a token on the region (bootdepot admin rack-token), and name it with --token or --token-file."));
        }

        var enrolment = await EnrolAsync(ParseToken(text), options, link, version, cancel);
        RackFolder.Replace(folder.Identity, JsonSerializer.SerializeToUtf8Bytes(enrolment, RackWire.Default.RackEnrolment), isSecret: true);
        return enrolment;
    }

    private static async Task<RackEnrolment> EnrolAsync(
        RackToken token, RackOptions options, RegionLink link, string version, CancellationToken cancel)
    {
        var request = new RackEnrolmentRequest
        {
            Token = token.Secret,
            Hostname = options.Hostname,
            Version = version,
            Url = options.Advertise?.AbsoluteUri,
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(request, RackWire.Default.RackEnrolmentRequest);
        var (reply, fault) = await link.SendAsync(HttpMethod.Post, "rack/enrolment/", body, null, Patience, cancel);
        if (reply is null)
            throw new RackException(fault!);
        if (reply.Status != HttpStatusCode.OK)
            throw new RackException(Refusal(reply));
        var enrolment = JsonSerializer.Deserialize(reply.Body, RackWire.Default.RackEnrolment)!;
        // The token names the key; so a stranger between us and the region cannot give us another.
        var keys = Keyring.Parse(enrolment.Keyring).Keys;
        if (keys.Count != 1 || keys[0].Fingerprint.Hex != token.Fingerprint)
        {
            throw new RackException(new Fault(
                "rack-region-key-mismatch",
                $"The token says that the region signs with the key {token.Fingerprint}, and what answered at {link.Order[0]} shows another. "
                + "Check the URL; somebody may stand between. The token is used up: make another."));
        }

        return enrolment;
    }

    private static RackToken ParseToken(string text)
    {
        try
        {
            return RackToken.Parse(text);
        }
        catch (FormatException e)
        {
            throw new RackException(new Fault("rack-token-malformed", e.Message));
        }
    }

    private static Fault Refusal(RegionReply reply)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            return new Fault(
                document.RootElement.GetProperty("code").GetString() ?? "rack-enrolment-refused",
                document.RootElement.GetProperty("message").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or System.Collections.Generic.KeyNotFoundException or InvalidOperationException)
        {
            return new Fault("rack-enrolment-refused", $"The region answered {(int)reply.Status} to the enrolment. Is the URL that of a BootDepot region (http://HOST:5240/MAAS/)?");
        }
    }
}
