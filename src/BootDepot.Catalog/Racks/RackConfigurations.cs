using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Racks;

internal sealed class RackControllerConfiguration : IEntityTypeConfiguration<RackController>
{
    public void Configure(EntityTypeBuilder<RackController> builder)
    {
        builder.Property(r => r.SystemId).HasMaxLength(MaxLengths.Name);
        builder.Property(r => r.Uuid).HasMaxLength(MaxLengths.Name);
        builder.Property(r => r.Name).HasMaxLength(MaxLengths.Name);
        builder.Property(r => r.Mode).HasMaxLength(MaxLengths.Code);
        builder.Property(r => r.Version).HasMaxLength(MaxLengths.Name);
        builder.Property(r => r.Url).HasMaxLength(MaxLengths.Url);
        builder.HasIndex(r => r.SystemId).IsUnique();
        builder.HasIndex(r => r.Uuid).IsUnique();
        builder.HasIndex(r => r.Name).IsUnique();
    }
}

internal sealed class RackEnrolmentTokenConfiguration : IEntityTypeConfiguration<RackEnrolmentToken>
{
    public void Configure(EntityTypeBuilder<RackEnrolmentToken> builder)
    {
        builder.Property(t => t.Name).HasMaxLength(MaxLengths.Name);
        builder.HasIndex(t => t.SecretHash).IsUnique();
    }
}

internal sealed class MachineAssignmentConfiguration : IEntityTypeConfiguration<MachineAssignment>
{
    public void Configure(EntityTypeBuilder<MachineAssignment> builder)
    {
        builder.Property(a => a.Target).HasMaxLength(MaxLengths.Name);
        builder.Property(a => a.Mode).HasMaxLength(MaxLengths.Code);
        builder.Property(a => a.Image).HasMaxLength(MaxLengths.NamePair);
        builder.Property(a => a.Kernel).HasMaxLength(MaxLengths.Name);
        builder.Property(a => a.Version).HasMaxLength(MaxLengths.Name);
        builder.Property(a => a.KernelParameters).HasMaxLength(MaxLengths.Path);
        builder.Property(a => a.Disk).HasMaxLength(MaxLengths.Name);
        builder.HasIndex(a => a.Target).IsUnique();
    }
}

internal sealed class MachineBootConfiguration : IEntityTypeConfiguration<MachineBoot>
{
    public void Configure(EntityTypeBuilder<MachineBoot> builder)
    {
        builder.HasOne(b => b.Rack).WithMany().HasForeignKey(b => b.RackId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(b => b.Machine).HasMaxLength(MaxLengths.Name);
        builder.Property(b => b.Address).HasMaxLength(MaxLengths.Name);
        builder.Property(b => b.Result).HasMaxLength(MaxLengths.Code);
        builder.HasIndex(b => b.RecordId).IsUnique();
        builder.HasIndex(b => b.Machine);
    }
}
