using System;
using System.Text;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Simplestreams.Tests.Tools;
using static BootDepot.Simplestreams.Tests.Tools.ForgedKey;

namespace BootDepot.Simplestreams.Tests.Signatures;

/// <summary>What makes a signature good or not, other than the form of the message.</summary>
public sealed class SignatureRuleTests(SharedKeys keys)
{
    private static readonly byte[] Text = Encoding.ASCII.GetBytes("{\n \"a\": 1\n}\n");
    private static readonly DateTimeOffset LongAgo = DefaultCreation;
    private static readonly VerificationPolicy Policy = new(DefaultCreation.AddDays(10));

    [Fact]
    public void A_key_that_is_not_in_the_keyring_is_refused_and_named()
    {
        var message = keys.Gpg.ClearSign(Text, keys.Key("ed25519"));
        var error = Should.Throw<StreamException>(() => ClearSignedText.Verify(message, keys.Keyring("rsa2048"), keys.Policy));
        error.Code.ShouldBe(StreamErrors.SignatureKeyUnknown);
        error.Message.ShouldContain(keys.Key("ed25519"));
    }

    [Fact]
    public void An_expired_key_is_refused_unless_allowed()
    {
        var key = keys.Gpg.MakeKey("ed25519", expire: "2d", at: LongAgo.ToUnixTimeSeconds());
        var message = keys.Gpg.ClearSign(Text, key, at: LongAgo.AddDays(1).ToUnixTimeSeconds());
        var keyring = Keyring.Parse(keys.Gpg.Export(key));
        keyring.Keys[0].ExpiresAt.ShouldBe(LongAgo.AddDays(2));
        Code(message, keyring, keys.Policy).ShouldBe(StreamErrors.SignatureKeyExpired);
        ClearSignedText.Verify(message, keyring, keys.Policy with { AllowExpiredKeys = true }).Text.ToArray().ShouldBe(Text);
        ClearSignedText.Verify(message, keyring, new VerificationPolicy(LongAgo.AddDays(1.5))).Text.ToArray().ShouldBe(Text);
    }

    [Fact]
    public void A_revoked_key_is_refused_whatever_the_policy_although_gpgv_accepts_it()
    {
        var key = keys.Gpg.MakeKey("ed25519");
        var message = keys.Gpg.ClearSign(Text, key);
        keys.Gpg.Revoke(key);
        var keyring = keys.Gpg.Export(key);
        Code(message, Keyring.Parse(keyring), keys.Policy with { AllowExpiredKeys = true }).ShouldBe(StreamErrors.SignatureKeyRevoked);
        Judges.GpgvAccepts(keyring, message).ShouldBeTrue();
    }

    [Fact]
    public void A_revoked_subkey_is_refused()
    {
        var key = keys.Gpg.MakeKey("ed25519", "cert");
        var subkey = keys.Gpg.AddSubkey(key, "rsa2048");
        var message = keys.Gpg.ClearSign(Text, subkey + "!");
        ClearSignedText.Verify(message, Keyring.Parse(keys.Gpg.Export(key)), keys.Policy).Signature.Key.Hex.ShouldBe(subkey);
        keys.Gpg.Edit(key, "key 1", "revkey", "y", "0", "", "y", "save");
        Code(message, Keyring.Parse(keys.Gpg.Export(key)), keys.Policy).ShouldBe(StreamErrors.SignatureKeyRevoked);
    }

    [Fact]
    public void An_expired_signature_is_refused()
    {
        var key = keys.Gpg.MakeKey("ed25519", at: LongAgo.ToUnixTimeSeconds());
        var message = keys.Gpg.ClearSign(Text, key, "SHA512", LongAgo.AddDays(1).ToUnixTimeSeconds(), "--default-sig-expire", "3d");
        var keyring = Keyring.Parse(keys.Gpg.Export(key));
        Code(message, keyring, Policy).ShouldBe(StreamErrors.SignatureExpired);
        ClearSignedText.Verify(message, keyring, new VerificationPolicy(LongAgo.AddDays(2))).Text.ToArray().ShouldBe(Text);
    }

    [Fact]
    public void A_signature_may_be_dated_a_day_ahead_and_no_more()
    {
        var key = new ForgedKey();
        var signature = key.Detached(Text, new ForgedSignature { Created = Policy.Now.AddHours(23) });
        DetachedSignature.Verify(signature, Text, Keyring.Parse(key.Keyring()), Policy).SignedAt.ShouldBe(Policy.Now.AddHours(23));
        Code(key, new ForgedSignature { Created = Policy.Now.AddHours(25) }).ShouldBe(StreamErrors.SignatureInFuture);
    }

    [Fact]
    public void Of_two_signatures_one_may_be_by_an_unknown_key()
    {
        var message = keys.Gpg.ClearSign(Text, keys.Key("ed25519"), "SHA512", null, "-u", keys.Key("rsa2048"));
        ClearSignedText.Verify(message, keys.Keyring("rsa2048"), keys.Policy).Signature.Key.Hex.ShouldBe(keys.Key("rsa2048"));
        ClearSignedText.Verify(message, keys.Keyring("ed25519"), keys.Policy).Signature.Key.Hex.ShouldBe(keys.Key("ed25519"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_signatures_a_bad_one_spoils_the_good_one(bool badFirst)
    {
        var (good, bad) = (new ForgedKey(), new ForgedKey());
        byte[] keyring = [.. good.Keyring(), .. bad.Keyring()];
        var (goodOne, badOne) = (good.Detached(Text), bad.Detached("other"u8));
        byte[] both = badFirst ? [.. badOne, .. goodOne] : [.. goodOne, .. badOne];
        Should.Throw<StreamException>(() => DetachedSignature.Verify(both, Text, Keyring.Parse(keyring), Policy)).Code.ShouldBe(StreamErrors.SignatureBad);
    }

    [Fact]
    public void SHA1_and_MD5_signatures_are_refused()
    {
        Code(keys.Gpg.ClearSign(Text, keys.Key("rsa2048"), "SHA1", null, "--allow-weak-digest-algos"), keys.Keyring("rsa2048"), keys.Policy)
            .ShouldBe(StreamErrors.SignatureWeak);
        Code(new ForgedKey(), new ForgedSignature { Hash = HashId.Sha1 }).ShouldBe(StreamErrors.SignatureWeak);
        var key = new ForgedKey();
        var md5 = key.Sign(SignatureType.Binary, Text);
        md5[3] = (byte)HashId.Md5;
        Should.Throw<StreamException>(() => DetachedSignature.Verify(Packet(PacketTag.Signature, md5), Text, Keyring.Parse(key.Keyring()), Policy))
            .Code.ShouldBe(StreamErrors.SignatureWeak);
    }

    [Theory]
    [InlineData("dsa2048")]
    [InlineData("rsa1024")]
    public void Signatures_by_weak_keys_are_refused(string algorithm)
    {
        var message = keys.Gpg.ClearSign(Text, keys.Key(algorithm), "SHA256");
        Code(message, keys.Keyring(algorithm, "ed25519"), keys.Policy).ShouldBe(StreamErrors.SignatureWeak);
    }

    [Fact]
    public void A_critical_notation_that_is_not_understood_is_refused()
    {
        var message = keys.Gpg.ClearSign(Text, keys.Key("ed25519"), "SHA512", null, "--sig-notation", "!x@example.org=1");
        Code(message, keys.Keyring("ed25519"), keys.Policy).ShouldBe(StreamErrors.SignatureMalformed);
        var harmless = keys.Gpg.ClearSign(Text, keys.Key("ed25519"), "SHA512", null, "--sig-notation", "x@example.org=1");
        ClearSignedText.Verify(harmless, keys.Keyring("ed25519"), keys.Policy).Text.ToArray().ShouldBe(Text);
    }

    [Fact]
    public void Signatures_without_date_with_two_dates_or_of_another_type_or_version_are_refused()
    {
        var key = new ForgedKey();
        Code(key, new ForgedSignature { HasDate = false }).ShouldBe(StreamErrors.SignatureMalformed);
        Code(key, new ForgedSignature { Hashed = Subpacket(2, Seconds(1_700_000_000)) }).ShouldBe(StreamErrors.SignatureMalformed);
        Code(key, new ForgedSignature { Version = 3 }).ShouldBe(StreamErrors.SignatureUnsupported);
        Code(key, new ForgedSignature { Version = 6 }).ShouldBe(StreamErrors.SignatureUnsupported);
        Code(key, new ForgedSignature { HasIssuer = false }).ShouldBe(StreamErrors.SignatureKeyUnknown);
        Should.Throw<StreamException>(() => DetachedSignature.Verify(key.SignPacket(SignatureType.Text, Text), Text, Keyring.Parse(key.Keyring()), Policy))
            .Code.ShouldBe(StreamErrors.SignatureMalformed);
    }

    [Fact]
    public void An_end_date_counts_only_in_the_hashed_part()
    {
        var key = new ForgedKey();
        Code(key, new ForgedSignature { Hashed = Subpacket(3, Seconds(60)) }).ShouldBe(StreamErrors.SignatureExpired);
        var signature = key.Detached(Text, new ForgedSignature { Unhashed = [.. Subpacket(3, Seconds(60)), .. Subpacket(0x80 | 99, 1)] });
        DetachedSignature.Verify(signature, Text, Keyring.Parse(key.Keyring()), Policy).Key.ShouldBe(key.Fingerprint);
    }

    [Fact]
    public void A_signature_older_than_its_key_is_refused() =>
        Code(new ForgedKey(), new ForgedSignature { Created = DefaultCreation.AddDays(-1) }).ShouldBe(StreamErrors.SignatureKeyUnusable);

    [Fact]
    public void A_signature_that_names_another_key_of_the_keyring_is_bad()
    {
        var (key, other) = (new ForgedKey(), new ForgedKey());
        var signature = key.Detached(Text, new ForgedSignature { HasIssuer = false, Unhashed = Subpacket(16, Convert.FromHexString(other.Fingerprint.KeyId)) });
        byte[] keyring = [.. key.Keyring(), .. other.Keyring()];
        Should.Throw<StreamException>(() => DetachedSignature.Verify(signature, Text, Keyring.Parse(keyring), Policy)).Code.ShouldBe(StreamErrors.SignatureBad);
    }

    [Fact]
    public void More_than_sixteen_signatures_are_refused()
    {
        var key = new ForgedKey();
        var many = new byte[17][];
        Array.Fill(many, key.Detached(Text));
        Should.Throw<StreamException>(() => DetachedSignature.Verify(System.Linq.Enumerable.ToArray(System.Linq.Enumerable.SelectMany(many, m => m)), Text, Keyring.Parse(key.Keyring()), Policy))
            .Code.ShouldBe(StreamErrors.SignatureMalformed);
    }

    [Theory]
    [InlineData("", StreamErrors.SignatureMissing)]
    [InlineData("<html>404</html>", StreamErrors.SignatureMissing)]
    [InlineData("-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n", StreamErrors.SignatureMissing)]
    [InlineData("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n", StreamErrors.SignatureMalformed)]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n", StreamErrors.SignatureMalformed)]
    public void What_is_no_detached_signature_is_refused(string signature, string code) =>
        Should.Throw<StreamException>(() => DetachedSignature.Verify(Encoding.ASCII.GetBytes(signature), Text, Keyring.Parse(new ForgedKey().Keyring()), Policy))
            .Code.ShouldBe(code);

    [Fact]
    public void A_document_beyond_the_limit_is_refused_before_it_is_hashed()
    {
        var key = new ForgedKey();
        var policy = Policy with { Limits = new StreamLimits { DocumentBytes = 5 } };
        Should.Throw<StreamException>(() => DetachedSignature.Verify(key.Detached(Text), Text, Keyring.Parse(key.Keyring()), policy)).Code.ShouldBe(StreamErrors.DocumentTooLarge);
        Should.Throw<StreamException>(() => ClearSignedText.Verify(Text, Keyring.Parse(key.Keyring()), policy)).Code.ShouldBe(StreamErrors.DocumentTooLarge);
    }

    private static string Code(byte[] message, Keyring keyring, VerificationPolicy policy) =>
        Should.Throw<StreamException>(() => ClearSignedText.Verify(message, keyring, policy)).Code;

    private static string Code(ForgedKey key, ForgedSignature signature) =>
        Should.Throw<StreamException>(() => DetachedSignature.Verify(key.Detached(Text, signature), Text, Keyring.Parse(key.Keyring()), Policy)).Code;
}
