using System;
using System.Linq;
using System.Text;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Simplestreams.Tests.Tools;
using static BootDepot.Simplestreams.Tests.Tools.ForgedKey;

namespace BootDepot.Simplestreams.Tests.Signatures;

public sealed class KeyringTests(SharedKeys keys)
{
    private static readonly byte[] Data = "data"u8.ToArray();
    private static readonly VerificationPolicy Policy = new(DefaultCreation.AddDays(10));

    [Fact]
    public void Binary_armoured_and_base64_keyrings_of_several_keys_hold_the_same_keys()
    {
        string[] names = [keys.Key("ed25519"), keys.Key("rsa2048"), keys.Key("nistp256")];
        var binary = keys.Gpg.Export(names);
        var expected = names.Order(StringComparer.Ordinal).ToArray();
        foreach (var form in new[] { binary, keys.Gpg.ExportArmored(names), Encoding.ASCII.GetBytes(Convert.ToBase64String(binary)),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(binary, Base64FormattingOptions.InsertLineBreaks) + "\n") })
        {
            Keyring.Parse(form).Keys.Select(k => k.Fingerprint.Hex).Order(StringComparer.Ordinal).ShouldBe(expected);
        }
    }

    [Fact]
    public void A_keyring_says_what_its_keys_are()
    {
        var key = Keyring.Parse(keys.Export("rsa2048")).Keys.Single();
        key.Algorithm.ShouldBe("RSA 2048");
        key.UserIds.Single().ShouldStartWith("rsa2048 ");
        key.ExpiresAt.ShouldBeNull();
        key.IsRevoked.ShouldBeFalse();
        key.Problem.ShouldBeNull();
        (keys.Now - key.CreatedAt).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData("", StreamErrors.KeyringMalformed)]
    [InlineData(" \n", StreamErrors.KeyringMalformed)]
    [InlineData("not a keyring", StreamErrors.KeyringMalformed)]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n", StreamErrors.KeyringNoUsableKey)]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA", StreamErrors.KeyringMalformed)]
    [InlineData("\0\0\0\u0020\u0001\u0001\0\u0002KBXf\0\0", StreamErrors.KeyringMalformed)]
    public void What_is_no_keyring_is_refused(string text, string code) =>
        Should.Throw<StreamException>(() => Keyring.Parse(Encoding.Latin1.GetBytes(text))).Code.ShouldBe(code);

    [Fact]
    public void A_keyring_of_ten_megabytes_is_refused() =>
        Should.Throw<StreamException>(() => Keyring.Parse(new byte[10_000_000])).Code.ShouldBe(StreamErrors.KeyringMalformed);

    [Fact]
    public void A_secret_key_is_refused_as_a_keyring()
    {
        Should.Throw<StreamException>(() => Keyring.Parse(keys.Gpg.ExportSecret(keys.Key("ed25519")))).Code.ShouldBe(StreamErrors.KeyringHasSecretKey);
    }

    [Theory]
    [InlineData("rsa1024", "broken")]
    [InlineData("dsa2048", "DSA")]
    public void A_keyring_of_only_weak_keys_is_refused_and_says_why(string algorithm, string why)
    {
        var error = Should.Throw<StreamException>(() => Keyring.Parse(keys.Export(algorithm)));
        error.Code.ShouldBe(StreamErrors.KeyringNoUsableKey);
        error.Message.ShouldContain(why);
    }

    [Fact]
    public void Keys_of_other_versions_are_named_and_left_aside()
    {
        byte[] six = Packet(PacketTag.PublicKey, [6, 0, 0, 0, 0, 27, 0, 0, 0, 32, .. new byte[32]]);
        var key = new ForgedKey();
        var keyring = Keyring.Parse((byte[])[.. six, .. UserId("six"), .. key.Keyring()]);
        keyring.Keys.Single().Fingerprint.ShouldBe(key.Fingerprint);
        keyring.Ignored.Single().ShouldContain("version 6");
        Should.Throw<StreamException>(() => Keyring.Parse(six)).Code.ShouldBe(StreamErrors.KeyringNoUsableKey);
    }

    [Fact]
    public void A_forged_key_with_a_self_signature_is_accepted()
    {
        var key = new ForgedKey();
        Verify(key.Keyring(), key.Detached(Data)).Key.ShouldBe(key.Fingerprint);
    }

    [Fact]
    public void An_Ed25519_key_of_the_new_algorithm_number_is_accepted()
    {
        var key = new ForgedKey(27);
        Verify(key.Keyring(), key.Detached(Data)).Key.ShouldBe(key.Fingerprint);
    }

    [Fact]
    public void A_SHA1_self_signature_is_enough_for_an_old_primary_key_of_a_trusted_keyring()
    {
        var key = new ForgedKey();
        Verify(key.Keyring(new ForgedSignature { Hash = HashId.Sha1 }), key.Detached(Data)).Key.ShouldBe(key.Fingerprint);
    }

    [Fact]
    public void A_key_without_a_self_signature_is_not_usable()
    {
        var key = new ForgedKey();
        Code([.. key.Public(), .. UserId("x")], key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
    }

    [Fact]
    public void A_self_signature_over_another_user_id_does_not_count()
    {
        var key = new ForgedKey();
        Code([.. key.Public(), .. UserId("x"), .. key.SelfSignature("y")], key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
    }

    [Fact]
    public void A_self_signature_older_than_its_key_does_not_count()
    {
        var key = new ForgedKey();
        Code(key.Keyring(new ForgedSignature { Created = DefaultCreation.AddDays(-1) }), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
    }

    [Fact]
    public void A_key_that_only_certifies_may_not_sign()
    {
        var key = new ForgedKey();
        Code(key.Keyring(new ForgedSignature { Hashed = Subpacket(27, 1) }), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
    }

    [Fact]
    public void The_newest_self_signature_decides_when_a_key_expires()
    {
        var key = new ForgedKey();
        var oneDay = new ForgedSignature { Created = DefaultCreation.AddDays(1), Hashed = Subpacket(9, Seconds(86400)) };
        var forEver = new ForgedSignature { Created = DefaultCreation.AddDays(2) };
        Code(key.Keyring(oneDay), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyExpired);
        Verify(key.Keyring(oneDay, key.SelfSignature("forged", forEver)), key.Detached(Data)).Key.ShouldBe(key.Fingerprint);
        Code(key.Keyring(forEver with { Created = DefaultCreation }, key.SelfSignature("forged", oneDay)), key.Detached(Data))
            .ShouldBe(StreamErrors.SignatureKeyExpired);
    }

    [Fact]
    public void A_newer_direct_signature_that_is_silent_does_not_undo_lifetime_and_usage()
    {
        var key = new ForgedKey();
        byte[] Keyring(ForgedSignature self, ForgedSignature direct) =>
            [.. key.Public(), .. key.SignPacket(SignatureType.DirectKey, key.Hashed, direct), .. key.Keyring(self)[key.Public().Length..]];
        var silent = new ForgedSignature { Created = DefaultCreation.AddDays(2) };
        var oneDay = new ForgedSignature { Hashed = Subpacket(9, Seconds(86400)) };
        var certifies = new ForgedSignature { Hashed = Subpacket(27, 1) };
        Verify(Keyring(new ForgedSignature(), silent), key.Detached(Data)).Key.ShouldBe(key.Fingerprint);
        Code(Keyring(oneDay, silent), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyExpired);
        Code(Keyring(silent, oneDay), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyExpired);
        Code(Keyring(certifies, silent), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
        Verify(Keyring(oneDay, silent with { Hashed = Subpacket(9, Seconds(0)) }), key.Detached(Data)).Key.ShouldBe(key.Fingerprint);
    }

    [Fact]
    public void A_key_that_names_a_revoker_by_GnuPG_keeps_its_expiry()
    {
        var key = keys.Gpg.MakeKey("ed25519", expire: "2d");
        keys.Gpg.Edit(key, "addrevoker", keys.Key("rsa2048"), "y", "save");
        var parsed = Keyring.Parse(keys.Gpg.Export(key)).Keys.Single();
        parsed.ExpiresAt.ShouldBe(parsed.CreatedAt.AddDays(2));
    }

    [Fact]
    public void A_lifetime_in_the_unhashed_part_is_not_believed()
    {
        var key = new ForgedKey();
        var self = new ForgedSignature { Hashed = Subpacket(9, Seconds(86400)), Unhashed = Subpacket(9, Seconds(0)) };
        Code(key.Keyring(self), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyExpired);
    }

    [Fact]
    public void A_revoked_key_is_refused_and_a_revocation_by_someone_else_does_not_count()
    {
        var (key, other) = (new ForgedKey(), new ForgedKey());
        byte[] Revoked(ForgedKey by) => [.. key.Public(), .. by.SignPacket(SignatureType.KeyRevocation, key.Hashed), .. key.Keyring()[key.Public().Length..]];
        Code(Revoked(key), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyRevoked);
        Verify(Revoked(other), key.Detached(Data)).Key.ShouldBe(key.Fingerprint);

        // The right name on it, but made by another key.
        var forged = other.Sign(SignatureType.KeyRevocation, key.Hashed, new ForgedSignature { HasIssuer = false, Unhashed = Subpacket(16, Convert.FromHexString(key.Fingerprint.KeyId)) });
        byte[] keyring = [.. key.Public(), .. Packet(PacketTag.Signature, forged), .. key.Keyring()[key.Public().Length..]];
        Verify(keyring, key.Detached(Data)).Key.ShouldBe(key.Fingerprint);
    }

    [Fact]
    public void A_revocation_in_a_second_copy_of_the_key_counts()
    {
        var key = new ForgedKey();
        Code([.. key.Keyring(), .. key.Public(), .. key.SignPacket(SignatureType.KeyRevocation, key.Hashed)], key.Detached(Data))
            .ShouldBe(StreamErrors.SignatureKeyRevoked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_revocation_by_a_designated_key_counts(bool revokerIsInKeyring)
    {
        var (key, revoker) = (new ForgedKey(), new ForgedKey());
        var self = new ForgedSignature { Hashed = Subpacket(12, [0x80, 22, .. Convert.FromHexString(revoker.Fingerprint.Hex)]) };
        byte[] revoked = [.. key.Public(), .. revoker.SignPacket(SignatureType.KeyRevocation, key.Hashed), .. key.Keyring(self)[key.Public().Length..],
            .. revokerIsInKeyring ? revoker.Keyring() : []];
        Code(revoked, key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyRevoked);
    }

    [Fact]
    public void A_key_whose_only_user_id_was_revoked_is_not_usable()
    {
        var key = new ForgedKey();
        byte[] content = [.. key.Hashed, 0xB4, .. Seconds(6), .. "forged"u8];
        var revocation = key.SignPacket(SignatureType.CertificationRevocation, content, new ForgedSignature { Created = DefaultCreation.AddDays(3) });
        Code(key.Keyring(null, revocation), key.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
    }

    [Fact]
    public void A_signing_subkey_needs_its_own_signature_on_the_binding()
    {
        var (key, subkey, other) = (new ForgedKey(), new ForgedKey(), new ForgedKey());
        Verify(key.Keyring(null, key.Subkey(subkey, subkey)), subkey.Detached(Data)).ShouldSatisfyAllConditions(
            s => s.Key.ShouldBe(subkey.Fingerprint), s => s.PrimaryKey.ShouldBe(key.Fingerprint));
        Code(key.Keyring(null, key.Subkey(subkey, null)), subkey.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
        Code(key.Keyring(null, key.Subkey(subkey, other)), subkey.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
    }

    [Fact]
    public void A_subkey_must_be_bound_for_signing_with_a_strong_hash()
    {
        var (key, subkey) = (new ForgedKey(), new ForgedKey());
        foreach (var binding in new[] { new ForgedSignature(), new ForgedSignature { Hashed = Subpacket(27, 0x0c) }, new ForgedSignature { Hash = HashId.Sha1, Hashed = Subpacket(27, 2) } })
            Code(key.Keyring(null, key.Subkey(subkey, subkey, binding)), subkey.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyUnusable);
    }

    [Fact]
    public void A_revoked_or_expired_subkey_is_refused_and_so_is_one_of_a_revoked_or_expired_key()
    {
        var (key, subkey) = (new ForgedKey(), new ForgedKey());
        var bound = key.Subkey(subkey, subkey);
        byte[] both = [.. key.Hashed, .. subkey.Hashed];
        Code(key.Keyring(null, bound, key.SignPacket(SignatureType.SubkeyRevocation, both)), subkey.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyRevoked);
        var oneDay = Subpacket(9, Seconds(86400));
        Code(key.Keyring(null, key.Subkey(subkey, subkey, new ForgedSignature { Hashed = [.. Subpacket(27, 2), .. oneDay] })), subkey.Detached(Data))
            .ShouldBe(StreamErrors.SignatureKeyExpired);
        Code(key.Keyring(new ForgedSignature { Hashed = oneDay }, bound), subkey.Detached(Data)).ShouldBe(StreamErrors.SignatureKeyExpired);
        Code([.. key.Keyring(null, bound), .. key.Public(), .. key.SignPacket(SignatureType.KeyRevocation, key.Hashed)], subkey.Detached(Data))
            .ShouldBe(StreamErrors.SignatureKeyRevoked);
    }

    [Fact]
    public void Wildly_many_self_signatures_are_refused_before_they_cost_time()
    {
        var key = new ForgedKey();
        var one = key.SelfSignature("forged");
        byte[] many = [.. key.Public(), .. UserId("forged"), .. Enumerable.Repeat(one, 2100).SelectMany(b => b)];
        Should.Throw<StreamException>(() => Keyring.Parse(many)).Code.ShouldBe(StreamErrors.KeyringMalformed);
    }

    [Theory]
    [InlineData("c6")]
    [InlineData("c6ff")]
    [InlineData("c6e1")]
    [InlineData("9b04")]
    [InlineData("c0010")]
    [InlineData("98050400000000")]
    [InlineData("c6ffffffffff04")]
    [InlineData("d40100")]
    [InlineData("cd0141")]
    public void Broken_packets_are_refused(string hex) =>
        Should.Throw<StreamException>(() => Keyring.Parse(Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex + "0"))).Code.ShouldBe(StreamErrors.KeyringMalformed);

    private static SignatureInfo Verify(byte[] keyring, byte[] signature) => DetachedSignature.Verify(signature, Data, Keyring.Parse(keyring), Policy);

    private static string Code(byte[] keyring, byte[] signature) => Should.Throw<StreamException>(() => Verify(keyring, signature)).Code;
}
